"""The noise of a series whose level may shift: its size, its autocorrelation, and outliers.

Both come from differences of near values, which a shift hardly touches (Chakar, Lebarbier, Levy-Leduc and Robin, "A
robust approach for estimating change-points in the mean of an AR(1) process", Bernoulli 23(2), 2017, section 2).
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.forecasting.outliers import SD_PER_MAD, median

#: Above this autocorrelation a shift looks like a level that wanders.
MOST_AUTOCORRELATION = 0.9
#: Values of the running median on each side.
_BESIDE = 4
#: The standard deviation of normal values over that of their deviations from such a median.
_SD_PER_DEVIATION = 1.09
_CLIP_SDS = 2.5
#: Differences count at most as so many of their own standard deviations.
_MOST_SDS = 3.5
#: The standard deviation of normal values over their mean absolute deviation.
_SD_PER_MEAN_DEVIATION = math.sqrt(math.pi / 2)


class Noise(NamedTuple):
    """What surrounds the level.

    Attributes:
        sd: standard deviation of single values.
        autocorrelation: of neighbours, at least 0.
    """

    sd: float
    autocorrelation: float

    @property
    def mean_sd(self) -> float:
        """The standard deviation of a mean of many values, times the root of their number.

        >>> Noise(2.0, 0.5).mean_sd == 2 * 3**0.5
        True
        """
        return self.sd * math.sqrt((1 + self.autocorrelation) / (1 - self.autocorrelation))


def clip_outliers(values: Sequence[float]) -> tuple[list[float], list[int]]:
    """Moves outliers to within 2.5 standard deviations of the running median.

    Args:
        values: at least one.

    Returns:
        The values, and the indices of those that were at least twice as far away.

    >>> clip_outliers([3, 3, 3, 3, 3, 3, 40, 3, 3, 3, 3, 3, 3])[1]
    [6]
    """
    middles = running_median(values, _BESIDE)
    deviations = [value - middle for value, middle in zip(values, middles)]
    sd = SD_PER_MAD * median(map(abs, deviations))
    if not sd:  # most values are their own median, such as counts that are mostly 0
        sd = _SD_PER_MEAN_DEVIATION * math.fsum(map(abs, deviations)) / len(deviations)
    reach = _CLIP_SDS * _SD_PER_DEVIATION * sd
    clipped = [middle + min(max(off, -reach), reach) for middle, off in zip(middles, deviations)]
    return clipped, [index for index, off in enumerate(deviations) if abs(off) > 2 * reach]


def running_median(values: Sequence[float], beside: int) -> list[float]:
    """The median of each value and its neighbours; at the ends of as many as there are.

    Args:
        values: the series.
        beside: neighbours on each side.

    >>> running_median([1, 9, 2, 3], 1)
    [5.0, 2.0, 3.0, 2.5]
    """
    window = sorted(values[:beside])
    middles = []
    for index in range(len(values)):
        if index + beside < len(values):
            insort(window, values[index + beside])
        if index > beside:
            del window[bisect_left(window, values[index - beside - 1])]
        size = len(window)
        middles.append((window[(size - 1) // 2] + window[size // 2]) / 2)
    return middles


def noise_by_differences(values: Sequence[float]) -> Noise:
    """The noise by differences of values one and two steps apart.

    Args:
        values: without outliers, at least three.
    """
    one, two = (_mean_square(values, lag) for lag in (1, 2))
    if one <= 0:
        return Noise(0.0, 0.0)
    autocorrelation = min(max(two / one - 1, 0.0), MOST_AUTOCORRELATION)
    return Noise(math.sqrt(one / 2 / (1 - autocorrelation)), autocorrelation)


def _mean_square(values: Sequence[float], lag: int) -> float:
    """The mean square of differences; a few large ones, as at shifts, are held back."""
    sizes = [abs(later - now) for now, later in zip(values, values[lag:])]
    most = _MOST_SDS * SD_PER_MAD * median(sizes) or math.inf
    return math.fsum(min(size, most) ** 2 for size in sizes) / len(sizes)


def noise_around(values: Sequence[float], segments: Sequence[tuple[int, int]]) -> Noise:
    """The noise around the means of segments: 0.7 of its autocorrelation is theirs, 0.3 that of differences.

    The residuals vary less from series to series, but too many segments make their autocorrelation small.

    Args:
        values: without outliers.
        segments: first index of each, and the index after its last one.
    """
    residuals: list[float] = []
    for start, end in segments:
        level = math.fsum(values[start:end]) / (end - start)
        residuals += [value - level for value in values[start:end]]
    square, count = math.fsum(value * value for value in residuals), len(residuals)
    if square <= 1e-24 * math.fsum(value * value for value in values):
        return Noise(0.0, 0.0)
    own = math.fsum(now * later for now, later in zip(residuals, residuals[1:])) / square
    # each mean lowers the autocorrelation (Kendall 1954, for one mean), and so the variance
    own += (1 + 3 * max(own, 0.0)) * len(segments) / count
    differences = noise_by_differences(values)
    autocorrelation = _OWN * own + (1 - _OWN) * differences.autocorrelation + _MARGIN
    autocorrelation = min(max(autocorrelation, 0.0), MOST_AUTOCORRELATION)
    means = len(segments) * (1 + autocorrelation) / (1 - autocorrelation)
    return Noise(math.sqrt(square / max(count - means, count / 2)), autocorrelation)


#: What `noise_around` weighs the residuals with, and what it adds for the error of both estimates.
_OWN, _MARGIN = 0.7, 0.05

"""Change points of a series: where its level shifts and stays, in noise with outliers and autocorrelation.

The best split of each of many intervals is compared with the noise, the clearest first (Kovacs, Buehlmann, Li and Munk,
"Seeded binary segmentation", Biometrika 110(1), 2023, doi 10.1093/biomet/asac052). Each split is then placed anew
between its neighbours. The least clear one goes as long as it is below a threshold that holds for all intervals
together. `bench/perf_coverage_changes.py` measures how often a series without any change has one.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from acolytes_perf.methods.changes.noise import Noise, clip_outliers, noise_around, noise_by_differences
from acolytes_perf.methods.forecasting.outliers import median

#: The fewest values of a series.
SHORTEST = 20
#: Standard errors that make a change in a series of 100 values; longer series have more places for chance.
_LIMIT, _LIMIT_PER_LOG = 4.1, 0.3
#: In a shorter series the noise is known less well.
_LIMIT_PER_RECIPROCAL = 30.0
#: Candidates are splits that reach this share of the limit; too many do no harm, since the weakest go.
_CANDIDATE_SHARE = 0.7
#: Each layer of intervals has this share of the length of the layer before.
_DECAY = math.sqrt(0.5)
_MAX_ROUNDS = 4
#: A slope of fewer standard errors, all noise taken as independent, is no trend.
_NO_TREND_ERRORS = 2.0
#: Stands for a noise of 0 in logarithms.
_NO_NOISE = 1e-300
#: Width of a 95 % interval of a change's place, in squares of noise over size (Bai 1997, section 4).
_PLACE_FACTOR = 11.0


class ChangePoint(NamedTuple):
    """One lasting shift of the level.

    Attributes:
        position: index of the first value after it.
        low: its earliest position, with 95 % confidence.
        high: its latest position.
        size: level after it less level before it, apart from the trend.
        before: the level just before it.
        errors: standard errors of the level before it and of the level after it.
        score: size in standard errors, without its sign; infinite without noise.
    """

    position: int
    low: int
    high: int
    size: float
    before: float
    errors: tuple[float, float]
    score: float

    @property
    def error(self) -> float:
        """Standard error of the size."""
        return math.hypot(*self.errors)


class Segmentation(NamedTuple):
    """A series as levels between change points.

    Attributes:
        changes: in order of position.
        levels: the fitted value at each index.
        noise: around the levels.
        trend: per step, 0 where there is none.
        outliers: indices of values far from their neighbours.
    """

    changes: list[ChangePoint]
    levels: list[float]
    noise: Noise
    trend: float
    outliers: list[int]


def find_change_points(values: Sequence[float], least: int) -> Segmentation:
    """Finds the lasting shifts of a series; what changes at the same pace everywhere is its trend, and no shift.

    Args:
        values: at even steps, at least SHORTEST.
        least: the fewest values between two changes, at least 2.

    Returns:
        The changes; none where the series shows none.
    """
    clipped, outliers = clip_outliers(values)
    best = _fit(clipped, 0.0, least)
    slope, error = _common_slope(clipped, best.ends)
    if len(best.ends) == 2 and abs(slope) < _NO_TREND_ERRORS * error * best.noise.sd:
        return _described(best, outliers)
    # shifts spoil the slope of the whole, noise that of parts: the better start counts
    for start in (_usual_slope(clipped), _common_slope(clipped, [0, len(clipped)])[0]):
        slope, ends = start, list[int]()
        for _ in range(_MAX_ROUNDS):
            fit = _fit(clipped, slope, least)
            best = _better(best, fit)
            if fit.ends == ends:
                break
            ends = fit.ends
            slope = _common_slope(clipped, ends)[0]
    return _described(best, outliers)


class _Fit(NamedTuple):
    """Segments of a series without its trend: the ends of all segments, 0 and the number of values included."""

    values: list[float]
    ends: list[int]
    noise: Noise
    trend: float


def _fit(clipped: Sequence[float], trend: float, least: int) -> _Fit:
    values = [value - trend * index for index, value in enumerate(clipped)]
    ends, noise = _segment(values, least)
    return _Fit(values, ends, noise, trend)


def _better(first: _Fit, second: _Fit) -> _Fit:
    """The fit with the lower value of Schwarz's criterion, for as many values as their autocorrelation leaves."""
    count = len(first.values)
    rest = min(first.noise.autocorrelation, second.noise.autocorrelation)
    independent = count * (1 - rest) / (1 + rest)

    def criterion(fit: _Fit) -> float:
        # a trend must explain as much as a change does
        parameters = 2 * (len(fit.ends) - 2 + bool(fit.trend))
        return 2 * independent * math.log(fit.noise.sd or _NO_NOISE) + parameters * math.log(count)

    return min(first, second, key=criterion)


def threshold(count: int) -> float:
    """The standard errors that the best split of a series without changes seldom reaches.

    >>> threshold(100)
    4.1
    """
    if count < 100:
        return _LIMIT + _LIMIT_PER_RECIPROCAL * (1 / count - 0.01)
    return _LIMIT + _LIMIT_PER_LOG * math.log(count / 100)


def _segment(values: Sequence[float], least: int) -> tuple[list[int], Noise]:
    """The ends of all segments, 0 and the number of values included, and the noise."""
    sums, limit = list(accumulate(values, initial=0.0)), threshold(len(values))
    rough = noise_by_differences(values)
    # of neighbours' differences only: autocorrelation grows with every change that is not yet removed
    places = _candidates(sums, least, _CANDIDATE_SHARE * limit * rough.sd * math.sqrt(1 - rough.autocorrelation))
    while True:
        places = _placed_anew(sums, places, least)
        ends = [0, *places, len(values)]
        noise = noise_around(values, list(zip(ends, ends[1:])))
        scores = [_score(sums, *around) for around in zip(ends, ends[1:], ends[2:])]
        weakest = min(range(len(places)), key=scores.__getitem__, default=None)
        if weakest is None or scores[weakest] > limit * noise.mean_sd:
            return ends, noise
        del places[weakest]


def seeded_intervals(count: int, shortest: int) -> Iterator[tuple[int, int]]:
    """Intervals of many lengths, each length all over the series: first index, and the index after the last one.

    Args:
        count: of values.
        shortest: the least length.

    >>> list(seeded_intervals(8, 5))
    [(0, 8), (0, 6), (1, 7), (2, 8)]
    """
    length = float(count)
    while length >= shortest:
        pieces = 2 * math.ceil(count / length) - 1
        shift = (count - length) / (pieces - 1) if pieces > 1 else 0.0
        for piece in range(pieces):
            yield math.floor(piece * shift), min(count, math.ceil(piece * shift + length))
        length *= _DECAY


def _candidates(sums: Sequence[float], least: int, limit: float) -> list[int]:
    """The clearest splits of all intervals; an interval that has one already gives no other."""
    found = []
    for start, end in seeded_intervals(len(sums) - 1, 2 * least):
        place = _best_split(sums, start, end, least)
        score = _score(sums, start, place, end)
        if score > limit:
            found.append((score, place, start, end))
    places: list[int] = []
    for _, place, start, end in sorted(found, reverse=True):
        if not any(start < other < end for other in places):
            insort(places, place)
    return places


def _best_split(sums: Sequence[float], start: int, end: int, least: int) -> int:
    """The place that splits an interval of 2 `least` values or more most clearly."""
    size, before = end - start, sums[start]
    mean = (sums[end] - before) / size
    best, place = -1.0, start + least
    for left in range(least, size - least + 1):
        off = sums[start + left] - before - mean * left
        score = off * off / (left * (size - left))
        if score > best:
            best, place = score, start + left
    return place


def _score(sums: Sequence[float], start: int, split: int, end: int) -> float:
    """The difference of the means on both sides, over its error with noise of 1."""
    left, right = split - start, end - split
    off = (sums[end] - sums[split]) / right - (sums[split] - sums[start]) / left
    return abs(off) * math.sqrt(left * right / (left + right))


def _placed_anew(sums: Sequence[float], places: Sequence[int], least: int) -> list[int]:
    """Each split at the best place between its neighbours."""
    ends = [0, *places, len(sums) - 1]
    for index in range(1, len(ends) - 1):
        if ends[index + 1] - ends[index - 1] >= 2 * least:
            ends[index] = _best_split(sums, ends[index - 1], ends[index + 1], least)
    return ends[1:-1]


def _usual_slope(values: Sequence[float]) -> float:
    """The median slope over an eighth of the series, on which a few shifts have little influence."""
    reach = max(5, len(values) // 8)
    return median((later - now) / reach for now, later in zip(values, values[reach:]))


def _common_slope(values: Sequence[float], ends: Sequence[int]) -> tuple[float, float]:
    """The slope that all segments share, by least squares, and its standard error for independent noise of 1."""
    product = square = 0.0
    for start, end in zip(ends, ends[1:]):
        middle = (start + end - 1) / 2
        product += math.fsum((index - middle) * values[index] for index in range(start, end))
        square += (end - start) * ((end - start) ** 2 - 1) / 12
    return product / square, 1 / math.sqrt(square)


def _described(fit: _Fit, outliers: list[int]) -> Segmentation:
    """The changes with their errors."""
    values, ends, noise, trend = fit
    means = [math.fsum(values[start:end]) / (end - start) for start, end in zip(ends, ends[1:])]
    levels = [
        mean + trend * index for mean, (start, end) in zip(means, zip(ends, ends[1:])) for index in range(start, end)
    ]
    changes = []
    for place, before, start, end in zip(range(1, len(ends) - 1), means, ends, ends[2:]):
        position, size = ends[place], means[place] - before
        errors = noise.mean_sd / math.sqrt(position - start), noise.mean_sd / math.sqrt(end - position)
        reach = math.floor(_PLACE_FACTOR * (noise.mean_sd / size) ** 2) + 1 if noise.mean_sd else 0
        score = abs(size) / math.hypot(*errors) if noise.mean_sd else math.inf
        low, high = max(position - reach, start + 1), min(position + reach, end - 1)
        changes.append(ChangePoint(position, low, high, size, before + trend * position, errors, score))
    return Segmentation(changes, levels, noise, trend, outliers)

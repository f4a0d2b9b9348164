"""Distributions of a quantity that is estimated by a low, a likely and a high value.

Sources: Kotz and van Dorp, Beyond Beta, 2004, chapter 1 (triangular: density, quantiles, moments); Malcolm, Roseboom,
Clark and Fazar, Application of a Technique for Research and Development Program Evaluation, 1959 (PERT: a beta
distribution with the mean (a + 4 m + b) / 6).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from acolytes_perf.inputs.fields import Estimate

TRIANGULAR, PERT = "triangular", "pert"
DISTRIBUTIONS = (TRIANGULAR, PERT)
#: Points of the beta distribution's table, which is read between them.
_GRID = 2000


class Moments(NamedTuple):
    """Mean and variance."""

    mean: float
    variance: float


def moments(estimate: Estimate, distribution: str) -> Moments:
    """Mean and variance.

    Args:
        estimate: low, likely and high value, in this order.
        distribution: one of DISTRIBUTIONS.

    >>> moments(Estimate(12, 18, 40), "triangular").mean
    23.333333333333332
    """
    low, likely, high = estimate
    if distribution == TRIANGULAR:
        mean = math.fsum(estimate) / 3
        return Moments(mean, ((low - likely) ** 2 + (high - likely) ** 2 + (high - low) ** 2) / 36)
    mean = (low + 4 * likely + high) / 6
    return Moments(mean, (mean - low) * (high - mean) / 7)


def quantiles(estimate: Estimate, distribution: str, count: int) -> list[float]:
    """The quantiles at (i + 1/2) / count, in ascending order: one value for each of `count` equally likely strata.

    Args:
        estimate: low, likely and high value, in this order.
        distribution: one of DISTRIBUTIONS.
        count: at least 1.

    >>> quantiles(Estimate(0, 1, 2), "triangular", 3)
    [0.5773502691896257, 1.0, 1.4226497308103743]
    """
    low, likely, high = estimate
    width = high - low
    if width <= 0:
        return [likely] * count
    if distribution == PERT:
        shape = 1 + 4 * (likely - low) / width, 1 + 4 * (high - likely) / width
        return [low + width * value for value in _beta_quantiles(*shape, count)]
    before, rise, fall = (likely - low) / width, width * (likely - low), width * (high - likely)
    values = []
    for index in range(count):
        share = (index + 0.5) / count
        values.append(low + math.sqrt(share * rise) if share < before else high - math.sqrt((1 - share) * fall))
    return values


def _beta_quantiles(first: float, second: float, count: int) -> list[float]:
    """Quantiles of a beta distribution whose parameters lie between 1 and 5, from a table of its distribution.

    With x = sin(t)^2 the density is smooth in t at both ends. The table holds its Simpson sums, and between two points
    the density is linear.
    """
    scale = 2 * math.exp(math.lgamma(first + second) - math.lgamma(first) - math.lgamma(second))

    def density(t: float) -> float:
        return float(scale * math.sin(t) ** (2 * first - 1) * max(math.cos(t), 0.0) ** (2 * second - 1))

    step = math.pi / 2 / _GRID
    heights = [density(index * step) for index in range(_GRID + 1)]
    reached = [0.0]
    for index in range(_GRID):
        middle = density((index + 0.5) * step)
        reached.append(reached[-1] + step * (heights[index] + 4 * middle + heights[index + 1]) / 6)
    total = reached[-1]
    values, place = [], 0
    for index in range(count):
        wanted = (index + 0.5) / count * total
        while place < _GRID - 1 and reached[place + 1] < wanted:
            place += 1
        part = (wanted - reached[place]) / (reached[place + 1] - reached[place])
        start, end = heights[place], heights[place + 1]
        # the point at which a linear density has this part of its area behind it
        root = math.sqrt(start * start + part * (end * end - start * start))
        inside = part * (start + end) / (start + root) if start + root else part
        values.append(math.sin((place + inside) * step) ** 2)
    return values

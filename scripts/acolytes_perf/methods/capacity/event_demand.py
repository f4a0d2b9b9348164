"""Demand in the peak of an event: an ordinary hour times the ratio of past events times the peak within the hour.

The logarithms of the ratios are taken as normal, so the next one follows Student's t: with four events it has three
degrees of freedom, and its tails are wide. The ordinary hour and the peak add normal errors of their logarithms.

Source: Hahn and Meeker, Statistical Intervals, 1991, section 4.7 (prediction interval for a further observation).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.statistics.student_t import t_cdf, t_quantile

#: The table of the distribution: from -_REACH to _REACH spreads, in so many steps a spread.
_REACH, _STEPS = 60, 16
#: Nodes for the normal part of the error, in standard deviations.
_NODES = [step * 0.3 for step in range(-12, 13)]


class EventDemand(NamedTuple):
    """The distribution of the demand in the peak.

    Attributes:
        log_median: logarithm of the median.
        spread: unit of the table, on the logarithmic scale.
        table: P(demand <= median * exp(spread * u)) for u from -_REACH on in steps of 1 / _STEPS.
    """

    log_median: float
    spread: float
    table: list[float]

    @property
    def median(self) -> float:
        """The demand that is exceeded with a probability of one half."""
        return math.exp(self.log_median)

    def probability_below(self, capacity: float) -> float:
        """The probability that the demand is at most the capacity.

        Args:
            capacity: at least 0, in the unit of the demand.
        """
        if capacity <= 0:
            return 0.0
        position = ((math.log(capacity) - self.log_median) / self.spread + _REACH) * _STEPS
        if position <= 0:
            return 0.0
        low = int(position)
        if low >= len(self.table) - 1:
            return 1.0
        return self.table[low] + (position - low) * (self.table[low + 1] - self.table[low])

    def quantile(self, probability: float) -> float:
        """The demand that is not exceeded with this probability, from 0.001 to 0.999."""
        index = min(max(1, bisect_left(self.table, probability)), len(self.table) - 1)
        low, high = self.table[index - 1], self.table[index]
        position = index - 1 + ((probability - low) / (high - low) if high > low else 0.0)
        return math.exp(self.log_median + self.spread * (position / _STEPS - _REACH))


def event_demand(ordinary: float, ratios: Sequence[float], peak: float, log_sd: float) -> EventDemand:
    """The demand in the peak of the next event.

    Args:
        ordinary: expected demand of the hour without an event, above 0.
        ratios: demand of past events over an ordinary hour, two at least, each above 0.
        peak: highest demand within the hour over the hour's mean.
        log_sd: standard deviation of the logarithm of all other factors, such as the ordinary hour's.

    >>> demand = event_demand(200, [4, 5, 6.25], 2, 0.0)
    >>> round(demand.median), round(demand.quantile(0.95))
    (2000, 4244)
    """
    logs = [math.log(ratio) for ratio in ratios]
    count, mean = len(logs), math.fsum(logs) / len(logs)
    sd = math.sqrt(math.fsum((value - mean) ** 2 for value in logs) / (count - 1))
    scale = max(sd * math.sqrt(1 + 1 / count), 1e-9)
    spread = math.hypot(scale, log_sd)
    # the table needs some steps within the narrower of both parts
    scale = max(scale, spread / _STEPS)
    weights = [math.exp(-node * node / 2) for node in _NODES] if log_sd > 0 else []
    total = math.fsum(weights)
    cdf = _TabulatedT(count - 1)
    table = []
    for step in range(2 * _REACH * _STEPS + 1):
        value = (step / _STEPS - _REACH) * spread
        if weights:
            shares = (weight * cdf((value - log_sd * node) / scale) for weight, node in zip(weights, _NODES))
            table.append(math.fsum(shares) / total)
        else:
            table.append(cdf(value / scale))
    return EventDemand(math.log(ordinary) + mean + math.log(peak), spread, table)


class _TabulatedT:
    """Student's t by interpolation, since a table of an event's demand needs it many thousand times."""

    _FINE, _LIMIT = 32, 12.0

    def __init__(self, degrees_of_freedom: int) -> None:
        self._degrees_of_freedom = degrees_of_freedom
        count = int(self._LIMIT * self._FINE)
        self._upper = [t_cdf(step / self._FINE, degrees_of_freedom) for step in range(count + 2)]

    def __call__(self, value: float) -> float:
        """P(T <= value)."""
        size = abs(value)
        if size >= self._LIMIT:
            # beyond the table the tail falls as a power of the value
            probability = 1 - (1 - self._upper[-2]) * (self._LIMIT / size) ** self._degrees_of_freedom
        else:
            position = size * self._FINE
            low = int(position)
            probability = self._upper[low] + (position - low) * (self._upper[low + 1] - self._upper[low])
        return probability if value >= 0 else 1 - probability


def mean_ratio(ratios: Sequence[float], level: float) -> tuple[float, float, float]:
    """The geometric mean of the ratios, and its confidence interval by Student's t.

    Args:
        ratios: two at least, each above 0.
        level: of the interval, such as 0.95.

    >>> [round(value, 3) for value in mean_ratio([4, 5, 6.25], 0.95)]
    [5.0, 2.872, 8.704]
    """
    logs = [math.log(ratio) for ratio in ratios]
    count, mean = len(logs), math.fsum(logs) / len(logs)
    sd = math.sqrt(math.fsum((value - mean) ** 2 for value in logs) / (count - 1))
    half = t_quantile((1 + level) / 2, count - 1) * sd / math.sqrt(count)
    return math.exp(mean), math.exp(mean - half), math.exp(mean + half)

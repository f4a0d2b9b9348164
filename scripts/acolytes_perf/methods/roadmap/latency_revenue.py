"""What faster answers are worth in revenue, from an elasticity that somebody measured.

There is no elasticity that holds for all businesses: published ones differ by a factor of ten and more, and few come
from experiments. It is therefore an input with an interval.

Sources: Kohavi, Tang and Xu, Trustworthy Online Controlled Experiments, 2020, chapter 5 (experiments that slow pages
down, and the linear approximation around the measured point).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from acolytes_perf.inputs.fields import Estimate
from acolytes_perf.methods.statistics.three_points import TRIANGULAR, quantiles

#: Draws of cost and elasticity.
_STRATA = 400


class LatencyChange(NamedTuple):
    """A change of latency in seconds, and the latency that an elasticity is stated for, None for one in per cent."""

    before: float
    after: float
    per: float | None

    def gain(self, elasticity: float) -> float:
        """The change of revenue as a share of it; more than 0 for more revenue.

        >>> round(LatencyChange(0.9, 0.7, 0.1).gain(0.01), 12)
        0.02
        >>> round(LatencyChange(2.0, 1.0, None).gain(0.1), 6)
        0.071773
        """
        if self.per is not None:
            return elasticity * (self.before - self.after) / self.per
        return math.expm1(elasticity * math.log(self.before / self.after))

    def elasticity_for(self, gain: float) -> float | None:
        """The elasticity with which revenue changes by a share; None where none does."""
        if self.per is not None:
            return gain * self.per / (self.before - self.after)
        return None if gain <= -1 else math.log1p(gain) / math.log(self.before / self.after)


class Impact(NamedTuple):
    """What the change is worth.

    Attributes:
        gain: change of revenue as a share: of the lowest elasticity, on average, and of the highest.
        values: net present value for pairs of draws; empty without a cost.
    """

    gain: Estimate
    values: list[float]


def impact(change: LatencyChange, elasticity: Estimate, worth: float, cost: Estimate | None) -> Impact:
    """The gain over a triangular distribution of the elasticity, and the value after the cost.

    Args:
        change: of the latency.
        elasticity: share of the revenue, low, likely and high.
        worth: present value of a gain of all revenue.
        cost: once, at the start; None without one.
    """
    gains = [change.gain(one) for one in quantiles(elasticity, TRIANGULAR, _STRATA)]
    ends = sorted((change.gain(elasticity.low), change.gain(elasticity.high)))
    values: list[float] = []
    if cost is not None:
        costs = quantiles(cost, TRIANGULAR, _STRATA) if cost.has_interval else [cost.value]
        values = [gain * worth - paid for gain in gains for paid in costs]
    return Impact(Estimate(ends[0], math.fsum(gains) / len(gains), ends[1]), values)

"""Net present values of measures by Monte-Carlo: each uncertain figure is drawn from its own distribution.

The draws are a Latin hypercube: each figure takes every one of equally likely strata once, in random order. Means
are therefore exact to four digits with a few thousand draws.

Sources: McKay, Beckman and Conover 1979 (Latin hypercube sampling); Savage, The Flaw of Averages, 2009 (the value of
the likely inputs is not the likely value).
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.inputs.fields import Estimate
from acolytes_perf.methods.roadmap.measures import Measure
from acolytes_perf.methods.statistics.three_points import moments, quantiles

#: Draws by default, and figures that are drawn at most in all: about a second.
DRAWS, LEAST_DRAWS, MOST_FIGURES = 20_000, 1000, 1_600_000
_SEED = 20190417
#: The share of the draws that an interval holds.
LEVEL = 0.9


class Drawn(NamedTuple):
    """Draws of one quantity, with what they say.

    Attributes:
        draws: values in the order of the draws.
        mean: of the draws.
        low: 5 % of the draws are below.
        high: 5 % of the draws are above.
        loss: share of the draws below 0.
    """

    draws: list[float]
    mean: float
    low: float
    high: float
    loss: float


class Roadmap(NamedTuple):
    """What the draws say.

    Attributes:
        values: net present value of each measure.
        first: how often each measure has the largest one.
        weeks: draws of the work of each measure; empty where it is unknown.
        number: of draws.
    """

    values: list[Drawn]
    first: list[float]
    weeks: list[list[float]]
    number: int


def draws_for(measures: Sequence[Measure], wanted: int | None) -> int:
    """How many draws there are: those that are wanted, or as many as about a second allows.

    Args:
        measures: at least one.
        wanted: None for the default.
    """
    uncertain = sum(
        estimate.has_interval for one in measures for estimate in (one.cost, one.gain, one.weeks) if estimate
    )
    most = max(LEAST_DRAWS, MOST_FIGURES // max(1, uncertain + len(measures)))
    return min(wanted or DRAWS, most)


def draw_roadmap(measures: Sequence[Measure], factors: Sequence[float], distribution: str, count: int) -> Roadmap:
    """Draws cost, gain and work of every measure. The gain of a draw is the same in each year.

    Args:
        measures: at least one.
        factors: the value of 1 in each year, by measure.
        distribution: one of `three_points.DISTRIBUTIONS`.
        count: of draws, at least 1.
    """
    source = random.Random(_SEED)  # noqa: S311 -- reproducible, no secret

    def drawn(estimate: Estimate) -> list[float]:
        values = quantiles(estimate, distribution, count)
        if estimate.has_interval:
            source.shuffle(values)
        return values

    values, weeks = [], []
    for one, factor in zip(measures, factors):
        costs, gains = drawn(one.cost), drawn(one.gain)
        values.append(summary([gain * factor - cost for cost, gain in zip(costs, gains)]))
        weeks.append(drawn(one.weeks) if one.weeks else [])
    first = [0] * len(measures)
    for row in zip(*(one.draws for one in values)):
        first[row.index(max(row))] += 1
    return Roadmap(values, [times / count for times in first], weeks, count)


def summary(draws: list[float]) -> Drawn:
    """Mean, 90 % interval and share below 0 of the draws, of which there is at least one."""
    ordered = sorted(draws)
    count = len(ordered)
    tail = int((1 - LEVEL) / 2 * count)
    loss = sum(value < 0 for value in draws) / count
    return Drawn(draws, math.fsum(draws) / count, ordered[tail], ordered[count - 1 - tail], loss)


def total(drawn: Sequence[Drawn]) -> Drawn:
    """The sum of several measures, draw by draw; at least one."""
    return summary([math.fsum(row) for row in zip(*(one.draws for one in drawn))])


def mean_value(measure: Measure, factor: float, distribution: str) -> float:
    """The exact mean of the net present value, which is linear in cost and gain."""
    return moments(measure.gain, distribution).mean * factor - moments(measure.cost, distribution).mean


def likely_value(measure: Measure, factor: float) -> float:
    """The net present value of the likely figures, which is not the mean where the ranges are lopsided."""
    return measure.gain.value * factor - measure.cost.value

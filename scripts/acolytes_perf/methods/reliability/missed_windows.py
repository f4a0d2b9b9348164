"""How likely the next window misses an objective, from the days of the past.

The next window is drawn from the past days (Efron, "Bootstrap methods: another look at the jackknife", Annals of
Statistics 7, 1979). The interval comes from drawing how frequent each kind of day is (Rubin, "The Bayesian
bootstrap", Annals of Statistics 9, 1981).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from acolytes_perf.inputs.units import at_most
from acolytes_perf.methods.reliability.error_history import Use

DAY = 86_400.0
#: With fewer days nothing is said about the next window.
LEAST_DAYS = 7
#: Days drawn for an estimate and for its interval: a second of work at most.
_DRAWS, _WORLDS = 600_000, 200
_LEVEL = 0.95


class Chance(NamedTuple):
    """A probability with its 95 % interval."""

    value: float
    low: float
    high: float


def chances_to_miss(
    days: Sequence[Use], window: float, budgets: Sequence[float], seed: int = 1
) -> list[tuple[Chance, Chance]]:
    """For each budget: the probability that the next window uses more, by requests and by time.

    Args:
        days: of the past, at least LEAST_DAYS.
        window: seconds; whole days are drawn, at least one.
        budgets: the share that may fail, 1 - SLO.
        seed: of the random numbers.
    """
    source = random.Random(seed)  # noqa: S311
    count = max(1, round(window / DAY))
    months = max(200, min(10_000, _DRAWS // count))
    inner = max(20, _DRAWS // count // _WORLDS)
    overall = _shares_missed(days, None, count, months, budgets, source)
    worlds = []
    for _ in range(_WORLDS):
        weights = list(accumulate(source.expovariate(1) for _ in days))
        worlds.append(_shares_missed(days, weights, count, inner, budgets, source))
    result = []
    for index in range(len(budgets)):
        pair = []
        for kind in range(2):
            value = overall[2 * index + kind]
            ordered = sorted(world[2 * index + kind] for world in worlds)
            low = ordered[round((1 - _LEVEL) / 2 * (_WORLDS - 1))]
            high = ordered[round((1 + _LEVEL) / 2 * (_WORLDS - 1))]
            pair.append(Chance(value, min(low, value), max(high, value)))
        result.append((pair[0], pair[1]))
    return result


def _shares_missed(
    days: Sequence[Use],
    weights: Sequence[float] | None,
    count: int,
    months: int,
    budgets: Sequence[float],
    source: random.Random,
) -> list[float]:
    """The share of drawn windows that miss each budget, by requests and by time in turn."""
    missed = [0] * (2 * len(budgets))
    for _ in range(months):
        drawn = source.choices(days, cum_weights=weights, k=count)
        requests = bad = time = bad_time = 0.0
        for day in drawn:
            requests += day.requests
            bad += day.bad
            time += day.time
            bad_time += day.bad_time
        for index, budget in enumerate(budgets):
            missed[2 * index] += not at_most(bad, budget * requests)
            missed[2 * index + 1] += not at_most(bad_time, budget * time)
    return [number / months for number in missed]

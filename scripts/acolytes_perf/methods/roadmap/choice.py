"""Which measures fit into limited weeks of work, in which order, and how sure that choice is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.methods.roadmap.best_set import TooManySetsError, best_set, closures, in_order, most_value
from acolytes_perf.methods.roadmap.measures import Measure
from acolytes_perf.methods.roadmap.simulation import Drawn, Roadmap, total


class Choice(NamedTuple):
    """The measures to do.

    Attributes:
        order: their indices, in the order of the work.
        phases: for each of `order` its phase: 1 where it needs no other, else one more than what it needs.
        worth: the sum of their net present values.
        weeks: mean work of them, in weeks; None where it is unknown.
        chance_weeks: share of the draws in which their work is within the limit; None without a limit.
        rival: the best set that has another measure and is not a part of this one, empty where there is none.
        chance_over_rival: share of the draws in which this set is worth more than that one.
        by_likely: the set that the likely figures alone would choose.
    """

    order: list[int]
    phases: list[int]
    worth: Drawn | None
    weeks: float | None
    chance_weeks: float | None
    rival: list[int]
    chance_over_rival: float | None
    by_likely: list[int]


def choose(measures: Sequence[Measure], roadmap: Roadmap, likely: Sequence[float], limit: float | None) -> Choice:
    """The set with the largest mean net present value.

    Args:
        measures: at least one; all have weeks where there is a limit.
        roadmap: their draws.
        likely: net present value of the likely figures, by measure.
        limit: weeks of work that there are; None for no limit.

    Raises:
        CannotAnswerError: the search takes too long.
    """
    before = [one.needs for one in measures]
    means = [one.mean for one in roadmap.values]
    mean_weeks = [math.fsum(draws) / len(draws) if draws else 0.0 for draws in roadmap.weeks]
    work = mean_weeks if limit is not None else [0.0] * len(measures)
    room = limit or 0.0
    try:
        chosen = best_set(means, work, room, before)
        by_likely = best_set(likely, work, room, before)
        places = in_order(means, mean_weeks, before)
        rival = _rival((means, work, before, places), room, chosen)
    except TooManySetsError:
        message = f"{len(measures)} measures have too many sets to look at; missing: fewer, such as the 60 best"
        raise CannotAnswerError("/measures", message) from None
    order = [index for index in places if index in chosen]
    phases: dict[int, int] = {}
    for index in order:
        phases[index] = 1 + max((phases[need] for need in before[index]), default=0)
    worth = total([roadmap.values[index] for index in order]) if order else None
    has_weeks = bool(order) and all(roadmap.weeks[index] for index in order)
    chance_weeks = None
    if limit is not None and order:
        rows = zip(*(roadmap.weeks[index] for index in order))
        chance_weeks = sum(math.fsum(row) <= limit * (1 + 1e-9) for row in rows) / roadmap.number
    return Choice(
        order,
        [phases[index] for index in order],
        worth,
        math.fsum(mean_weeks[index] for index in order) if has_weeks else None,
        chance_weeks,
        [index for index in places if index in rival],
        _share_above(worth, [roadmap.values[index] for index in rival]) if worth and rival else None,
        [index for index in places if index in by_likely],
    )


def _rival(
    items: tuple[Sequence[float], Sequence[float], Sequence[Sequence[int]], Sequence[int]],
    room: float,
    chosen: set[int],
) -> set[int]:
    """The best set with a measure that is not chosen, together with what this measure needs."""
    means, work, before, order = items
    needs = closures(before)
    candidates = []
    for index in range(len(means)):
        forced = {index} | needs[index]
        left = room - math.fsum(work[one] for one in forced)
        if index in chosen or left < -1e-9 * max(1.0, room):
            continue
        rest = [one for one in order if one not in forced]
        most = most_value([means[one] for one in rest], [work[one] for one in rest], max(left, 0.0))
        candidates.append((_sum(means, forced) + most, index, forced, rest, left))
    best: set[int] = set()
    for most, _, forced, rest, left in sorted(candidates, key=lambda one: (-one[0], one[1])):
        if best and most <= _sum(means, best):
            break  # none of those that follow can be worth more
        places = {one: place for place, one in enumerate(rest)}
        among = best_set(
            [means[one] for one in rest],
            [work[one] for one in rest],
            max(left, 0.0),
            [[places[need] for need in before[one] if need in places] for one in rest],
            max(_sum(means, best) - _sum(means, forced), 0.0) if best else 0.0,
            range(len(rest)),
        )
        candidate = forced | {rest[place] for place in among}
        if not best or _sum(means, candidate) > _sum(means, best):
            best = candidate
    return best


def _sum(values: Sequence[float], indices: set[int]) -> float:
    return math.fsum(values[index] for index in indices)


def _share_above(worth: Drawn, rivals: Sequence[Drawn]) -> float:
    rows = zip(worth.draws, zip(*(one.draws for one in rivals)))
    return sum(own > math.fsum(others) for own, others in rows) / len(worth.draws)

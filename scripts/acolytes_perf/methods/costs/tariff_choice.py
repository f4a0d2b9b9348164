"""Which supplier is the cheapest, and how far one input at a time may move before another one is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from acolytes_perf.methods.costs.tariffs import Plan, Tariff, equal_loads, total_cost

#: Costs that are computed in one search, which takes about a tenth of a second.
_MOST_MONTHS = 60_000
_BISECTIONS = 60
#: How far an input is varied: growth in a month, and factors of prices and penalties.
_GROWTH = (-0.5, 1.0)
_FACTOR = 100.0


class Change(NamedTuple):
    """Where another supplier becomes the cheapest: the value of the input, and the index of that supplier."""

    value: float
    winner: int


#: The nearest change below and above an input's value; None where none was found.
Changes = tuple["Change | None", "Change | None"]


def cheapest(tariffs: Sequence[Tariff], plan: Plan) -> int:
    """The index of the supplier with the lowest total, the first of several."""
    totals = [total_cost(tariff, plan) for tariff in tariffs]
    return totals.index(min(totals))


def load_changes(tariffs: Sequence[Tariff], plan: Plan) -> Changes:
    """The nearest loads of the first month at which another supplier is the cheapest, exactly.

    Args:
        tariffs: of all suppliers that may be chosen.
        plan: with the load of now.
    """
    winner = cheapest(tariffs, plan)
    loads = sorted(
        {
            load
            for index, tariff in enumerate(tariffs) if index != winner
            for load in equal_loads(tariffs[winner], tariff, plan)
        }
    )  # fmt: skip

    def change(load: float, factor: float) -> Change | None:
        other = cheapest(tariffs, plan._replace(load=load * factor))
        return None if other == winner else Change(load, other)

    below = (change(load, 1 - 1e-6) for load in reversed(loads) if load < plan.load)
    above = (change(load, 1 + 1e-6) for load in loads if load > plan.load)
    return next((one for one in below if one), None), next((one for one in above if one), None)


def growth_changes(tariffs: Sequence[Tariff], plan: Plan) -> Changes:
    """The nearest growths in a month at which another supplier is the cheapest, from -50 % to 100 %."""
    return _both(tariffs, plan, lambda growth: (tariffs, plan._replace(growth=growth)), plan.growth, _GROWTH)


def month_changes(tariffs: Sequence[Tariff], plan: Plan, most: int) -> Changes:
    """The nearest shorter and longer contracts, in whole months, with which another supplier is the cheapest."""
    winner = cheapest(tariffs, plan)
    found: list[Change | None] = []
    for months in (range(plan.months - 1, 0, -1), range(plan.months + 1, most + 1)):
        others = ((count, cheapest(tariffs, plan._replace(months=count))) for count in months)
        found.append(next((Change(count, other) for count, other in others if other != winner), None))
    return found[0], found[1]


def hit_ratio_changes(tariffs: Sequence[Tariff], plan: Plan) -> Changes:
    """The nearest hit ratios of the cheapest supplier's cache at which another one is the cheapest."""
    winner = cheapest(tariffs, plan)
    now = tariffs[winner].hit_ratio
    return _both(tariffs, plan, lambda ratio: (_with(tariffs, winner, hit_ratio=ratio), plan), now, (0.0, 1.0))


def penalty_changes(tariffs: Sequence[Tariff], plan: Plan) -> Changes:
    """The nearest factors of all penalties at which another supplier is the cheapest."""

    def changed(factor: float) -> tuple[list[Tariff], Plan]:
        return [tariff._replace(penalty=tariff.penalty * factor) for tariff in tariffs], plan

    return _both(tariffs, plan, changed, 1.0, (0.0, _FACTOR))


def own_price_change(tariffs: Sequence[Tariff], plan: Plan) -> Change | None:
    """The factor of the cheapest supplier's unit prices above which another one is the cheapest."""
    winner = cheapest(tariffs, plan)
    return _both(tariffs, plan, lambda factor: (_repriced(tariffs, winner, factor), plan), 1.0, (1.0, _FACTOR))[1]


def rival_price_change(tariffs: Sequence[Tariff], plan: Plan) -> Change | None:
    """The factor of unit prices below which a rival is the cheapest; of several rivals the nearest."""
    winner = cheapest(tariffs, plan)
    found = []
    for rival in range(len(tariffs)):
        if rival == winner:
            continue
        pair = [tariffs[winner], tariffs[rival]]
        change = _both(pair, plan, lambda factor, pair=pair: (_repriced(pair, 1, factor), plan), 1.0, (0.0, 1.0))[0]  # type: ignore[misc]
        if change:
            found.append(Change(change.value, rival))
    return max(found, default=None)


def _with(tariffs: Sequence[Tariff], place: int, **values: float) -> list[Tariff]:
    return [tariff._replace(**values) if index == place else tariff for index, tariff in enumerate(tariffs)]  # type: ignore[arg-type]


def _repriced(tariffs: Sequence[Tariff], place: int, factor: float) -> list[Tariff]:
    tiers = tuple((limit, price * factor) for limit, price in tariffs[place].tiers)
    return [tariff._replace(tiers=tiers) if index == place else tariff for index, tariff in enumerate(tariffs)]


def _both(
    tariffs: Sequence[Tariff],
    plan: Plan,
    changed: Callable[[float], tuple[Sequence[Tariff], Plan]],
    now: float,
    limits: tuple[float, float],
) -> Changes:
    """The nearest changes of the winner in both directions: steps that grow, then bisection."""
    winner = cheapest(tariffs, plan)
    steps = max(20, min(200, _MOST_MONTHS // (len(tariffs) * plan.months)))

    def search(far: float) -> Change | None:
        near = now
        for step in range(1, steps + 1):
            value = now + (far - now) * (step / steps) ** 2
            other = cheapest(*changed(value))
            if other == winner:
                near = value
                continue
            for _ in range(_BISECTIONS):
                middle = (near + value) / 2
                found = cheapest(*changed(middle))
                near, value, other = (middle, value, other) if found == winner else (near, middle, found)
                if math.isclose(near, value, rel_tol=1e-12):
                    break
            return Change(value, other)
        return None

    low, high = limits
    return (search(low) if low < now else None), (search(high) if high > now else None)

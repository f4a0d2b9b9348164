"""What suppliers charge: prices by tier of volume, fixed parts, minimum bills and penalties, over growing months.

Graduated tiers price each part of the volume by its own tier. With volume tiers the whole volume has the price of the
tier that it reaches.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

GRADUATED, VOLUME = "graduated", "volume"
TIER_KINDS = (GRADUATED, VOLUME)


class Tariff(NamedTuple):
    """The prices of one supplier.

    Attributes:
        name: unique.
        tiers: upper limit of a month's units, and the price of one; ascending, the last limit is infinite.
        fixed: paid each month.
        minimum: the least that a month's bill amounts to, with the fixed part.
        setup: paid once.
        units: units that the supplier bills for one unit of load.
        hit_ratio: share of the load that its cache answers.
        penalty: what its quality costs the buyer each month.
    """

    name: str
    tiers: tuple[tuple[float, float], ...]
    fixed: float = 0.0
    minimum: float = 0.0
    setup: float = 0.0
    units: float = 1.0
    hit_ratio: float = 0.0
    penalty: float = 0.0


class Plan(NamedTuple):
    """The load of the months to come, and how it is billed.

    Attributes:
        load: of the first month.
        growth: of the load in each month after the first, as a share; more than -1.
        months: at least 1.
        kind: one of TIER_KINDS.
        bills_misses: the supplier bills only what the cache does not answer.
        miss_price: what the buyer pays elsewhere for each unit of load that the cache does not answer.
    """

    load: float
    growth: float
    months: int
    kind: str = GRADUATED
    bills_misses: bool = False
    miss_price: float = 0.0

    @property
    def loads(self) -> list[float]:
        """The load of each month."""
        return [self.load * (1 + self.growth) ** month for month in range(self.months)]


def usage_cost(tiers: Sequence[tuple[float, float]], units: float, kind: str = GRADUATED) -> float:
    """The price of a month's units.

    Args:
        tiers: upper limit and price of each tier, ascending.
        units: at least 0.
        kind: one of TIER_KINDS.

    >>> usage_cost([(50, 42), (math.inf, 30)], 90), usage_cost([(50, 42), (math.inf, 30)], 90, "volume")
    (3300.0, 2700.0)
    """
    cost, start = 0.0, 0.0
    for limit, price in tiers:
        if kind == VOLUME:
            if units <= limit:
                return float(units * price)
            continue
        cost += price * (min(units, limit) - start)
        start = limit
        if units <= limit:
            break
    return cost


def month_cost(tariff: Tariff, load: float, plan: Plan) -> float:
    """All that a month costs the buyer: bill, penalty, and what the cache does not answer.

    Args:
        tariff: of the supplier.
        load: of the month, at least 0.
        plan: how it is billed; its load is not used.
    """
    missed = load * (1 - tariff.hit_ratio)
    units = (missed if plan.bills_misses else load) * tariff.units
    bill = max(tariff.minimum, usage_cost(tariff.tiers, units, plan.kind) + tariff.fixed)
    return bill + tariff.penalty + missed * plan.miss_price


def total_cost(tariff: Tariff, plan: Plan) -> float:
    """All that the months cost, with the setup."""
    return tariff.setup + math.fsum(month_cost(tariff, load, plan) for load in plan.loads)


def equal_loads(first: Tariff, second: Tariff, plan: Plan) -> list[float]:
    """The loads of the first month at which two suppliers change places, in ascending order.

    Between the loads at which a month reaches a tier or leaves the minimum bill, both totals are straight lines.

    Args:
        first: prices of one supplier.
        second: prices of the other.
        plan: growth and months; its load is not used.
    """
    corners = sorted({0.0, *_corners(first, plan), *_corners(second, plan)})
    crossings: list[float] = []

    def difference(load: float) -> float:
        moved = plan._replace(load=load)
        return total_cost(first, moved) - total_cost(second, moved)

    before = 0.0
    for index, start in enumerate(corners):
        end = corners[index + 1] if index + 1 < len(corners) else max(4 * start, start + 4.0)
        width = end - start
        low, high = start + width / 4, end - width / 4
        at_low, at_high = difference(low), difference(high)
        slope = (at_high - at_low) / (high - low)
        at_start, at_end = at_low - slope * (low - start), at_high + slope * (end - high)
        scale = 1e-12 * max(1.0, abs(total_cost(second, plan._replace(load=high))))
        if before * at_start < 0 and start > 0 and min(abs(before), abs(at_start)) > scale:
            crossings.append(start)  # the difference jumps, as with volume tiers
        is_last = index + 1 == len(corners)
        if abs(slope) * width > scale:
            root = low - at_low / slope
            tolerance = 1e-12 * max(1.0, end)
            if start + tolerance < root and (is_last or root <= end + tolerance) and root not in crossings:
                crossings.append(root)
        before = at_end if abs(at_end) > scale else before
    return _distinct(crossings, difference)


def _distinct(crossings: list[float], difference: object) -> list[float]:
    """The crossings without those that are the same within rounding, or where the sign does not change."""
    assert callable(difference)
    kept: list[float] = []
    for load in sorted(crossings):
        step = 1e-7 * load
        if kept and load - kept[-1] <= 4 * step:
            continue
        if difference(load - step) * difference(load + step) < 0:
            kept.append(load)
    return kept


def _corners(tariff: Tariff, plan: Plan) -> set[float]:
    """The loads of the first month at which the total of a supplier bends or jumps."""
    for_load = tariff.units * ((1 - tariff.hit_ratio) if plan.bills_misses else 1.0)
    if for_load <= 0:
        return set()
    limits = {limit for limit, _ in tariff.tiers if math.isfinite(limit)}
    limits |= _units_at(tariff, plan.kind)
    return {
        limit / for_load / (1 + plan.growth) ** month for limit in limits if limit > 0 for month in range(plan.months)
    }


def _units_at(tariff: Tariff, kind: str) -> set[float]:
    """The units of a month at which the bill passes the minimum."""
    wanted = tariff.minimum - tariff.fixed
    if wanted <= 0:
        return set()
    found, start, cost = set(), 0.0, 0.0
    for limit, price in tariff.tiers:
        base = 0.0 if kind == VOLUME else cost - price * start
        if price > 0 and start <= (wanted - base) / price <= limit:
            found.add((wanted - base) / price)
        cost += price * (limit - start) if math.isfinite(limit) else 0.0
        start = limit
    return found

"""What `cost compare` computes from its inputs: suppliers, what each must keep, and the months to come."""

from __future__ import annotations

from typing import NamedTuple

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.money import MONTHLY, read_monthly
from acolytes_perf.inputs.tables import Table
from acolytes_perf.methods.choices.requirements import Requirement, read_requirement, requirement_field
from acolytes_perf.methods.costs.monthly_load import Load, read_load
from acolytes_perf.methods.costs.suppliers import Supplier, Suppliers, read_suppliers
from acolytes_perf.methods.costs.tariffs import GRADUATED, Plan, Tariff

PENALTIES = Table(
    "penalties",
    (
        requirement_field("limit", "what the supplier must keep", required=True),
        Field("cost", MONTHLY, "what it costs you each month when it does not", "2000", 0, 1e12, required=True),
    ),
    "what you lose each month with a supplier below a limit",
    "sla>=99.95%:2000",
    max_rows=20,
    aliases=("penalty",),
)


class Case(NamedTuple):
    """A comparison: the suppliers, what each must keep, and the months to come.

    Attributes:
        read: the suppliers.
        tariffs: their prices with penalties, in the same order.
        missed: the requirements that each does not keep.
        plan: with the likely growth.
        load: of the first month.
        growths: lowest and highest growth.
    """

    read: Suppliers
    tariffs: list[Tariff]
    missed: list[list[Requirement]]
    plan: Plan
    load: Load
    growths: tuple[float, float]


def read_case(inputs: Inputs) -> Case:
    """Reads the suppliers, and adds penalties.

    Raises:
        InputError: inputs contradict each other, or one has no effect.
    """
    load = read_load(inputs.text("load") or "")
    read = read_suppliers(inputs, load.unit)
    suppliers = read.items
    if load.amount <= 0:
        raise InputError("/load", "must be more than 0")
    _check_cache(inputs, suppliers)
    units = {name: figure.unit for one in suppliers for name, figure in one.figures.items()}
    penalties = []
    for index, row in enumerate(inputs.rows("penalties")):
        limit = read_requirement(row.text("limit") or "", units, f"/penalties/{index}/limit")
        cost, currency = read_monthly(row, "cost")
        if currency and currency != (read.currency or currency):
            message = f"is in {currency}, and other amounts are in {read.currency}: write all in one currency"
            raise InputError(f"/penalties/{index}/cost", message)
        read = read._replace(currency=read.currency or currency)
        penalties.append((limit, cost))
    slos = [read_requirement(text, units, f"/slo/{index}") for index, text in enumerate(inputs.texts("slo"))]
    for one in suppliers:
        for limit in [*(limit for limit, _ in penalties), *slos]:
            if limit.name not in one.figures:
                message = f"{quoted(one.tariff.name)} has no {limit.name}, which {quoted(limit.text)} needs: add it"
                raise InputError("/suppliers", message)
    tariffs = [
        one.tariff._replace(
            penalty=sum(cost for limit, cost in penalties if not limit.is_kept(one.figures[limit.name].value))
        )
        for one in suppliers
    ]
    missed = [[slo for slo in slos if not slo.is_kept(one.figures[slo.name].value)] for one in suppliers]
    growth = inputs.estimate("growth")
    plan = Plan(
        load.amount, growth.value, int(inputs.number("months")), inputs.text("tiers") or GRADUATED,
        inputs.text("billed") == "misses", inputs.optional("miss_price") or 0.0,
    )  # fmt: skip
    return Case(read, tariffs, missed, plan, Load(load.amount, read.unit), (growth.low, growth.high))


def _check_cache(inputs: Inputs, suppliers: list[Supplier]) -> None:
    own = [one.has_hit_ratio for one in suppliers]
    if "hit_ratio" in inputs and all(own):
        raise InputError("/hit_ratio", "has no effect: every supplier has its own", {"hit_ratio": None})
    has_ratio = "hit_ratio" in inputs or any(own)
    counts = inputs.text("billed") == "misses" or "miss_price" in inputs
    if has_ratio and not counts:
        message = "has no effect: say what a miss costs with --miss-price, or --billed misses"
        raise InputError("/hit_ratio", message)
    if "billed" in inputs.written and not has_ratio:
        raise InputError("/billed", "has no effect: no supplier has a hit ratio", {"billed": None})

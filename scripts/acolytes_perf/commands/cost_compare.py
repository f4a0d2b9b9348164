"""Which supplier costs least over some months, which is the cheapest that keeps the SLO, and what would change that."""

from __future__ import annotations

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import CannotAnswerError, quoted
from acolytes_perf.inputs.fields import MAX_ITEMS, Field, Inputs, choice_field
from acolytes_perf.inputs.money import CURRENCY
from acolytes_perf.inputs.units import COUNT, NUMBER, RATIO
from acolytes_perf.methods.choices.requirements import requirement_field
from acolytes_perf.methods.costs import tariff_choice
from acolytes_perf.methods.costs.monthly_load import LOAD
from acolytes_perf.methods.costs.suppliers import ROLES, SUPPLIERS
from acolytes_perf.methods.costs.tariff_case import PENALTIES, Case, read_case
from acolytes_perf.methods.costs.tariff_choice import Change
from acolytes_perf.methods.costs.tariffs import GRADUATED, TIER_KINDS, Tariff, equal_loads, month_cost, total_cost
from acolytes_perf.outcome import SCENARIO, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.series.series_input import columns_field
from acolytes_perf.wording import format_quantity, pluralize

_MOST_MONTHS = 120


def run(inputs: Inputs) -> Outcome:
    """Total of each supplier, break-even loads, and the nearest changes that make another one the cheapest."""
    case = read_case(inputs)
    tariffs, plan, unit = case.tariffs, case.plan, case.read.currency
    totals = [total_cost(tariff, plan) for tariff in tariffs]
    order = sorted(range(len(tariffs)), key=totals.__getitem__)
    keeps = [index for index in order if not case.missed[index]]
    if not keeps:
        nearest = case.missed[order[0]][0].text
        message = f"no supplier keeps the SLO ({quoted(nearest)}); missing: a supplier that does, or a weaker SLO"
        raise CannotAnswerError("/slo", message)
    best = keeps[0]
    able = [tariffs[index] for index in sorted(keeps)]
    results, sentence = _changes(inputs, case, able)
    if len(keeps) > 1:
        saving = totals[keeps[1]] - totals[best]
        results = [
            Result("saving", saving, unit),
            Result("saving_per_month", saving / plan.months, unit),
            *results,
        ]
    tables = [
        ResultTable("suppliers", "supplier", [_row(case, index, totals[best]) for index in order]),
        ResultTable("break_even", "cheaper below, above", _break_even(case, best)),
    ]
    return Outcome(
        _answer(case, totals, order, keeps) + sentence,
        [Result("best_total", totals[best], unit, _interval(case, tariffs[best])), *results],
        _assumptions(inputs, case),
        _warnings(case, best, able),
        tables=tables,
    )


def _interval(case: Case, tariff: Tariff) -> Interval | None:
    """The total for the lowest and the highest growth."""
    low, high = case.growths
    if low == high:
        return None
    growths = (low, case.plan.growth, high)
    ends = [total_cost(tariff, case.plan._replace(growth=growth)) for growth in growths]
    return Interval(min(ends), max(ends), SCENARIO)


def _row(case: Case, index: int, best: float) -> Row:
    tariff, plan, unit = case.tariffs[index], case.plan, case.read.currency
    loads = plan.loads
    total = total_cost(tariff, plan)
    cells = [
        Result("total", total, unit, _interval(case, tariff)),
        Result("first_month", month_cost(tariff, loads[0], plan), unit),
        Result("last_month", month_cost(tariff, loads[-1], plan), unit),
        Result("per_unit", total / sum(loads), unit),
    ]
    if any(one.penalty for one in case.tariffs):
        cells.append(Result("penalty", tariff.penalty * plan.months, unit))
    if any(case.missed):
        cells.append(Result("keeps_slo", not case.missed[index], ""))
    return Row(tariff.name, [*cells, Result("above_best", total - best, unit)])


def _break_even(case: Case, best: int) -> list[Row]:
    """Where the best supplier and another one change places; of few suppliers, all pairs."""
    tariffs, few = case.tariffs, len(case.tariffs) <= 4
    rows: dict[str, Row] = {}
    for first in range(len(tariffs)):
        for second in range(first + 1, len(tariffs)):
            if not few and best not in (first, second):
                continue
            for load in equal_loads(tariffs[first], tariffs[second], case.plan):
                below = tariff_choice.cheapest(
                    [tariffs[first], tariffs[second]], case.plan._replace(load=load * (1 - 1e-6))
                )
                pair = [tariffs[first].name, tariffs[second].name]
                label = f"{pair[below]}, {pair[1 - below]}"
                growth = (1 + case.plan.growth) ** (case.plan.months - 1)
                cells = [Result("load", load, case.load.unit), Result("load_last_month", load * growth, case.load.unit)]
                unique = label if label not in rows else f"{label} ({len(rows) + 1})"
                rows[unique] = Row(unique, cells)
    return list(rows.values())


def _changes(inputs: Inputs, case: Case, able: list[Tariff]) -> tuple[list[Result], str]:
    """The nearest values of one input at a time at which another supplier is the cheapest, and a sentence."""
    if len(able) < 2:
        return [], ""
    plan = case.plan
    found: list[tuple[str, Change | None, str]] = []
    below, above = tariff_choice.load_changes(able, plan)
    found += [("load_below", below, case.load.unit), ("load_above", above, case.load.unit)]
    if plan.months > 1:
        below, above = tariff_choice.growth_changes(able, plan)
        found += [("growth_below", below, "ratio"), ("growth_above", above, "ratio")]
    below, above = tariff_choice.month_changes(able, plan, _MOST_MONTHS)
    found += [("months_below", below, "months"), ("months_above", above, "months")]
    found.append(("own_price_above", tariff_choice.own_price_change(able, plan), "x"))
    found.append(("rival_price_below", tariff_choice.rival_price_change(able, plan), "x"))
    if plan.bills_misses or ("miss_price" in inputs and any(one.hit_ratio for one in able)):
        below, above = tariff_choice.hit_ratio_changes(able, plan)
        found += [("hit_ratio_below", below, "ratio"), ("hit_ratio_above", above, "ratio")]
    if any(one.penalty for one in able):
        below, above = tariff_choice.penalty_changes(able, plan)
        found += [("penalty_below", below, "x"), ("penalty_above", above, "x")]
    results = [Result(name, change.value if change else None, unit) for name, change, unit in found]
    words = [_words(name, change, unit, able) for name, change, unit in found if change]
    sentence = f" Another one is the cheapest with {'; '.join(words)}." if words else (
        " No change of load, growth, months or prices alone within a wide range makes another one the cheapest."
    )  # fmt: skip
    return results, sentence


_PHRASES = {
    "load": "a load {} {}",
    "growth": "a growth {} {} a month",
    "months": "{1} {0}",
    "own_price": "its prices {} {}",
    "rival_price": "prices {} {} of {name}'s",
    "hit_ratio": "its hit ratio {} {}",
    "penalty": "the penalties {} {}",
}


def _words(name: str, change: Change, unit: str, able: list[Tariff]) -> str:
    """One change in words, such as `a load below 50 TB (North)`."""
    subject, _, side = name.rpartition("_")
    value, winner = format_quantity(change.value, unit), able[change.winner].name
    if subject == "months":
        return f"{pluralize(int(change.value), 'month')} or {'fewer' if side == 'below' else 'more'} ({winner})"
    if subject == "rival_price":
        return f"prices of {winner} below {format_quantity(change.value, 'ratio')} of today's"
    if unit == "x":
        value = f"{format_quantity(change.value, 'ratio')} of today's"
    return f"{_PHRASES[subject].format(side, value)} ({winner})"


def _answer(case: Case, totals: list[float], order: list[int], keeps: list[int]) -> str:
    best, unit = keeps[0], case.read.currency
    name = case.tariffs[best].name
    months = pluralize(case.plan.months, "month")
    text = f"{name} costs {format_quantity(totals[best], unit)} over {months}"
    if len(keeps) > 1:
        other = keeps[1]
        more = format_quantity(totals[other] - totals[best], unit)
        text += f", {more} less than {case.tariffs[other].name} ({format_quantity(totals[other], unit)})"
    penalties = [index for index in keeps[:2] if case.tariffs[index].penalty]
    if penalties:
        parts = [
            f"{format_quantity(case.tariffs[index].penalty * case.plan.months, unit)} of penalties for "
            f"{case.tariffs[index].name}"
            for index in penalties
        ]
        text += f", with {' and '.join(parts)}"
    if order[0] != best:
        cheaper = order[0]
        less = format_quantity(totals[best] - totals[cheaper], unit)
        limits = ", ".join(limit.text for limit in case.missed[cheaper])
        text += f"; {case.tariffs[cheaper].name} would cost {less} less, but does not keep {limits}"
    elif any(case.missed):
        text += "; it is also the cheapest without the SLO"
    return f"{text}."


def _assumptions(inputs: Inputs, case: Case) -> list[str]:
    plan = case.plan
    kind = "each part of a month's volume has the price of its own tier" if plan.kind == GRADUATED else (
        "the whole volume of a month has the price of the tier that it reaches"
    )  # fmt: skip
    load = format_quantity(plan.load, case.load.unit)
    texts = [
        f"The first month has {load}, and each later one {plan.growth * 100:.4g} % more than the one before.",
        f"In tiers, {kind}.",
        "No discount of later months; quality stays as stated. Changes are of one input at a time.",
    ]
    if case.growths[0] < case.growths[1]:
        low, high = case.growths
        texts.append(f"Intervals are for a growth from {low * 100:.4g} % to {high * 100:.4g} % a month.")
    if "minimum" in str(inputs.normal.get("suppliers")) or any(one.tariff.minimum for one in case.read.items):
        texts.append("A minimum bill counts with the fixed part, and without penalties.")
    return [*texts, *case.read.notes]


def _warnings(case: Case, best: int, able: list[Tariff]) -> list[AnswerWarning]:
    warnings = []
    for growth in case.growths if case.growths[0] < case.growths[1] else ():
        winner = able[tariff_choice.cheapest(able, case.plan._replace(growth=growth))]
        if winner.name != case.tariffs[best].name:
            message = f"with a growth of {growth * 100:.4g} % a month, {winner.name} is the cheapest"
            warnings.append(AnswerWarning("growth_decides", message, "say so, or find out the growth"))
    if not case.load.unit:
        message = "the load has no unit, so nothing says that it fits the prices"
        warnings.append(AnswerWarning("no_unit", message, "write it with its unit, such as --load '90 TB'"))
    return warnings


def picture(answer: Answer) -> str:
    """The picture of the answer; what draws it is imported only here."""
    from acolytes_perf.outputs.tariff_picture import totals_by_load

    return totals_by_load(answer)


_RESULTS = {
    "best_total": "total cost of the cheapest supplier that keeps the SLO: for the range of growth",
    "saving": "saving against the next supplier that keeps the SLO",
    "saving_per_month": "saving in a month against the next supplier that keeps the SLO",
    "load_below": "load of the first month below which another supplier is the cheapest",
    "load_above": "load of the first month above which another supplier is the cheapest",
    "growth_below": "growth in a month below which another supplier is the cheapest",
    "growth_above": "growth in a month above which another supplier is the cheapest",
    "months_below": "longest shorter time with which another supplier is the cheapest",
    "months_above": "shortest longer time with which another supplier is the cheapest",
    "own_price_above": "factor of the cheapest supplier's prices above which another is the cheapest: of its unit "
    "prices",
    "rival_price_below": "factor of a rival's unit prices below which the rival is the cheapest",
    "hit_ratio_below": "hit ratio of the cheapest supplier's cache below which another is the cheapest",
    "hit_ratio_above": "hit ratio of the cheapest supplier's cache above which another is the cheapest",
    "penalty_below": "factor of all penalties below which another supplier is the cheapest",
    "penalty_above": "factor of all penalties above which another supplier is the cheapest",
}

_TABLES = {
    "suppliers": {
        "total": "total cost of all months: with setup and penalties",
        "first_month": "cost of the first month, without the setup",
        "last_month": "cost of the last month",
        "per_unit": "total for one unit of load",
        "penalty": "penalties of all months",
        "keeps_slo": "whether it keeps the SLO",
        "above_best": "extra cost over the best supplier that keeps the SLO; negative when it costs less",
    },
    "break_even": {
        "load": "load of the first month at which both cost as much",
        "load_last_month": "load of the last month at which both cost as much: of the same break-even",
    },
}

COMMAND = Command(
    name="cost compare",
    summary="Which supplier costs least over some months and keeps the SLO, where they break even, what changes that.",
    fields=(
        SUPPLIERS,
        LOAD,
        Field("growth", RATIO, "growth of the load in a month", "1%..3%..5%", -0.5, 1, default="0%",
              takes_interval=True),
        Field("months", COUNT, "months that are paid", "12", 1, _MOST_MONTHS, default="12", aliases=("horizon",)),
        requirement_field(
            "slo", "limits that the supplier must keep", example="p95<=60ms,sla>=99.9%", max_items=MAX_ITEMS,
        ),
        PENALTIES,
        choice_field("tiers", "what a tier's price is for: its own part of the volume, or all of it", TIER_KINDS,
                     GRADUATED),
        Field("hit_ratio", RATIO, "share that a cache answers, for suppliers without their own", "92%", 0, 1),
        Field("miss_price", NUMBER, "what each unit that the cache does not answer costs you elsewhere", "9", 0, 1e9),
        choice_field("billed", "which load the supplier bills", ("all", "misses"), "all"),
        CURRENCY,
        columns_field(*ROLES, "ignore")._replace(example="price=rate,ignore=region"),
    ),
    run=run,
    formula="total = setup + sum over months of max(minimum, tier prices + fixed) + penalties + misses * miss_price; "
    "load of month m = load (1 + growth)^m",
    source="arithmetic of price lists; break-even: both totals are straight lines between the corners of their tiers",
    example={
        "suppliers": "North:42 to 50; 30:::::: p95=55ms; sla=99.9%,South:28:1400::::: p95=62ms; sla=99.99%",
        "load": "90 TB",
        "growth": "2%..3%..4%",
        "months": "12",
        "penalties": "sla>=99.95%:2000",
    },
    results=_RESULTS,
    tables=_TABLES,
    formats={"svg": Format((".svg",), picture)},
)  # fmt: skip

"""What a successful request costs, from bills and instances, at several load levels."""

from __future__ import annotations

from typing import NamedTuple

from acolytes_perf.declare import Command, Format
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.money import MONTH_SECONDS, price_field, read_price
from acolytes_perf.inputs.units import NUMBER, RATIO, at_most, show_rate
from acolytes_perf.methods.costs.load_levels import BILLS, LEVELS, ROLES, Level, read_bill, read_levels
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row, limits_of
from acolytes_perf.outputs.level_picture import cost_by_load
from acolytes_perf.series.series_input import columns_field
from acolytes_perf.wording import format_quantity

_MILLION = 1e6
#: The loads that are shown where only one was measured, as shares of it.
_SHARES = (0.25, 0.5, 1.0)


class Cost(NamedTuple):
    """A load level and what a month at it costs."""

    level: Level
    per_month: float

    @property
    def successes(self) -> float:
        """Successful requests in a month."""
        return self.level.load * (1 - self.level.failures) * MONTH_SECONDS

    @property
    def per_million(self) -> float:
        """Cost of a million successful requests."""
        return self.per_month / self.successes * _MILLION


def run(inputs: Inputs) -> Outcome:
    """The cost at each level, the extra cost between two of them, and the cheapest one."""
    levels, notes = read_levels(inputs)
    one_level = len(levels) == 1
    if one_level:
        levels = [levels[0]._replace(load=levels[0].load * share) for share in _SHARES]
    dead = next((level for level in levels if level.failures >= 1), None)
    if dead is not None:
        message = f"all requests fail at {show_rate(dead.load)}; missing: a level with successful requests"
        raise CannotAnswerError("/levels", message)
    bill, instance, currency = _prices(inputs, levels)
    per_million = inputs.optional("per_million") or 0.0
    costs = [
        Cost(level, bill + instance * (level.instances or 0.0) + per_million * level.load * MONTH_SECONDS / _MILLION)
        for level in levels
    ]
    most = inputs.optional("max_failures")
    able = [cost for cost in costs if most is None or at_most(cost.level.failures, most)]
    if not able:
        raise CannotAnswerError("/max_failures", "every level has more failures; missing: a level with fewer")
    best = min(able, key=lambda cost: cost.per_million)
    rows = _rows(costs, currency, most)
    results = [
        Result("best_per_million", best.per_million, currency),
        Result("best_load", best.level.load, "1/s"),
        Result("per_million_at_most", able[-1].per_million, currency),
    ]
    return Outcome(
        _answer(costs, currency, best, most, one_level=one_level),
        results,
        _assumptions(inputs, notes, one_level=one_level),
        _warnings(costs, one_level=one_level, varies=bool(instance)),
        tables=[ResultTable("levels", "load", rows)],
    )


def _prices(inputs: Inputs, levels: list[Level]) -> tuple[float, float, str]:
    """The fixed cost of a month, the price of an instance for a month, and the currency."""
    has_instances = levels[0].instances is not None
    if "instance_price" in inputs and not has_instances:
        raise InputError("/levels", "has no instances, which --instance-price needs: write LOAD:FAILURES:INSTANCES")
    if has_instances and "instance_price" not in inputs:
        raise COMMAND.missing("instance_price", "the levels have instances")
    if not inputs.present("bills", "fixed", "instance_price", "per_million"):
        raise COMMAND.missing("fixed", "no cost is given; or give --instance-price, --bills or --per-million")
    bill = read_bill(inputs)
    if "columns" in inputs and not (inputs.texts("bills") or inputs.texts("levels")):
        raise InputError("/columns", "has no effect: nothing is read from a file", {"columns": None})
    total, currencies = bill.per_month, {bill.currency} - {""}
    instance = 0.0
    for name in inputs.present("fixed", "instance_price"):
        price = read_price(inputs.text(name) or "", f"/{name}", has_period=True)
        currencies |= {price.currency} - {""}
        if name == "fixed":
            total += price.per_month
        else:
            instance = price.per_month
    if len(currencies) > 1:
        message = f"amounts are in {' and '.join(sorted(currencies))}: write all in one currency"
        raise InputError("", message)
    if total < 0 or instance < 0:
        raise InputError("/bills" if total < 0 else "/instance_price", "is below 0 in all: write what is paid")
    return total, instance, next(iter(currencies), "")


def _rows(costs: list[Cost], currency: str, most: float | None) -> list[Row]:
    rows: list[Row] = []
    before: Cost | None = None
    for cost in costs:
        level = cost.level
        cells = [
            Result("per_million", cost.per_million, currency),
            Result("per_month", cost.per_month, currency),
            Result("successes", cost.successes / _MILLION, "million"),
            Result("failures", level.failures, "ratio", limits=limits_of(most)),
            Result("cost_of_failures", cost.per_month * level.failures, currency),
        ]
        if level.instances is not None:
            cells.append(Result("instances", level.instances, "instances"))
        if before is not None and cost.successes > before.successes:
            extra = (cost.per_month - before.per_month) / (cost.successes - before.successes) * _MILLION
            cells.append(Result("extra_per_million", extra, currency))
        if most is not None:
            cells.append(Result("within_limit", at_most(level.failures, most), ""))
        rows.append(Row(show_rate(level.load), cells))
        before = cost
    return rows


def _answer(costs: list[Cost], currency: str, best: Cost, most: float | None, *, one_level: bool) -> str:
    shown = costs if len(costs) <= 3 else [costs[0], costs[len(costs) // 2], costs[-1]]
    parts = [
        f"{format_quantity(cost.per_million, currency)} at {show_rate(cost.level.load)}"
        + (f" ({format_quantity(cost.level.failures, 'ratio', limits_of(most))} fail)" if cost.level.failures else "")
        for cost in shown
    ]
    text = f"A million successful requests cost {', '.join(parts)}"
    if one_level:
        return f"{text}; only the last load was measured."
    limit = "" if most is None else f" with at most {format_quantity(most, 'ratio')} failures"
    return f"{text}; least{limit} at {show_rate(best.level.load)}, {format_quantity(best.per_million, currency)}."


def _assumptions(inputs: Inputs, notes: tuple[str, ...], *, one_level: bool) -> list[str]:
    texts = [
        "A month of 30.44 days at the load without a pause; failed requests are paid for, but do not count.",
        "Failures are those of the measured run: with retries, each further try is a request of its own.",
    ]
    if one_level:
        texts.append("At a quarter and half of the measured load the same machines run, and the same share fails.")
    return [*texts, *notes, *read_bill(inputs).notes]


def _warnings(costs: list[Cost], *, one_level: bool, varies: bool) -> list[AnswerWarning]:
    warnings = []
    if one_level and varies:
        message = "one level does not say how many instances other loads need"
        warnings.append(AnswerWarning("one_level", message, "measure three loads: usual, peak, and twice the peak"))
    falling = next((two for one, two in zip(costs, costs[1:]) if two.successes <= one.successes), None)
    if falling is not None:
        message = f"at {show_rate(falling.level.load)} fewer requests succeed than at the load before"
        warnings.append(AnswerWarning("overloaded", message, "do not plan for this load: add capacity or shed load"))
    return warnings


_RESULTS = {
    "best_per_million": "lowest cost of a million successful requests: of the levels within the limit of failures",
    "best_load": "load with the lowest cost of a million successful requests",
    "per_million_at_most": "cost of a million successful requests at the highest load within the limit",
}

_TABLES = {
    "levels": {
        "per_million": "cost of a million successful requests",
        "per_month": "cost of a month at this load",
        "successes": "successful requests in a month, in millions",
        "failures": "share of requests that fails",
        "cost_of_failures": "part of the month's cost that failed requests use",
        "instances": "instances at this load",
        "extra_per_million": "cost of each further million: from the level before to this one",
        "within_limit": "whether no more than the limit fails",
    },
}

COMMAND = Command(
    name="cost per-request",
    summary="What a successful request costs at three load levels, from bills, instances and measured failures.",
    fields=(
        LEVELS,
        price_field("instance_price", "price of an instance", "0.096 USD/hour"),
        price_field("fixed", "what is paid whatever the load", "400 USD/month"),
        BILLS,
        Field("per_million", NUMBER, "usage fee of a million requests, failed ones included", "0.2", 0, 1e9),
        Field("max_failures", RATIO, "most failures of a level that counts", "1%", 0, 1),
        columns_field(*ROLES, "ignore")._replace(example="load=rps,cost=usd"),
    ),
    run=run,
    formula="cost of a million = (fixed + bills + instances * price + fee * requests) / (load (1 - failures) month)",
    source="arithmetic; unit economics as in the FinOps Framework (FinOps Foundation), unit economics",
    example={
        "levels": "100/s:0.1%:4,400/s:0.2%:12,900/s:2.5%:24",
        "instance_price": "0.096 USD/hour",
        "bills": "database:310,network:90",
        "max_failures": "1%",
    },
    results=_RESULTS,
    tables=_TABLES,
    formats={"svg": Format((".svg",), cost_by_load)},
)

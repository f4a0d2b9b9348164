"""Which options are worth their cost: the Pareto frontier, the dominated ones, and the cost of a successful request."""

from __future__ import annotations

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import CannotAnswerError, InputError, quoted
from acolytes_perf.inputs.fields import MAX_ITEMS, Field, Inputs
from acolytes_perf.inputs.money import CURRENCY, MONTH_SECONDS
from acolytes_perf.inputs.units import RATIO, TEXT
from acolytes_perf.methods.choices.options import OPTIONS, ROLES, Option, Options, is_better_when_higher, read_options
from acolytes_perf.methods.choices.pareto import dominators
from acolytes_perf.methods.choices.requirements import (
    ERRORS,
    THROUGHPUT,
    Requirement,
    read_requirement,
    requirement_field,
)
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.plot import FILE_FRAME, Axis, Shape, plot
from acolytes_perf.series.series_input import columns_field
from acolytes_perf.wording import format_quantity

_MILLION = 1e6


def run(inputs: Inputs) -> Outcome:
    """The frontier of all options, and the cheapest that keep the SLO."""
    read = read_options(inputs)
    options, unit = read.items, read.currency
    figures = {name: figure.unit for name, figure in options[0].figures.items()}
    higher = _directions(inputs, list(figures))
    points = [
        (one.cost, *(one.figures[name].value * (-1 if higher[name] else 1) for name in figures)) for one in options
    ]
    by = dominators(points)
    slos = [read_requirement(text, figures, f"/slo/{index}") for index, text in enumerate(inputs.texts("slo"))]
    keeps = [all(slo.is_kept(one.figures[slo.name].value) for slo in slos) for one in options]
    if not any(keeps):
        message = f"no option keeps {' and '.join(quoted(slo.text) for slo in slos)}"
        raise CannotAnswerError("/slo", f"{message}; missing: an option that does, or a weaker SLO")
    prices = [_per_million(one, inputs) if kept else None for one, kept in zip(options, keeps)]
    if "utilisation" in inputs.written and not any(prices):
        raise InputError("/utilisation", "has no effect: no option has a throughput", {"utilisation": None})
    best = min((index for index in range(len(options)) if keeps[index]), key=lambda index: options[index].cost)
    results = [
        Result("on_frontier", sum(one is None for one in by), "options"),
        Result("best_cost", options[best].cost, unit),
    ]
    priced = [index for index, price in enumerate(prices) if price is not None]
    cheapest = min(priced, key=lambda index: prices[index] or 0.0) if priced else None
    if cheapest is not None:
        results.append(Result("best_per_million", prices[cheapest], unit))
    order = sorted(range(len(options)), key=lambda index: options[index].cost)
    rows = []
    for index in order:
        cells = [Result("cost", options[index].cost, unit), Result("frontier", by[index] is None, "")]
        if slos:
            cells.append(Result("keeps_slo", keeps[index], ""))
        price = prices[index]
        if price is not None:
            cells.append(Result("per_million", price, unit))
        rows.append(Row(options[index].name, cells))
    answer = _answer(options, unit, by, (slos, best), (prices, cheapest))
    tables = [ResultTable("options", "option", rows)]
    return Outcome(
        answer, results, _assumptions(inputs, read, higher, priced), _warnings(prices, options), tables=tables
    )


def _directions(inputs: Inputs, names: list[str]) -> dict[str, bool]:
    """Whether each figure should be large.

    Raises:
        InputError: neither its name nor the call says it, or the call names another one.
    """
    directions: dict[str, bool] = {}
    for option, is_higher in (("higher", True), ("lower", False)):
        for index, text in enumerate(inputs.texts(option)):
            name = "_".join(text.lower().replace("-", " ").replace("_", " ").split())
            if name not in names:
                raise InputError(
                    f"/{option}/{index}", f"{quoted(text)} is not a figure of the options: {', '.join(names)}"
                )
            if name in directions:
                raise InputError(f"/{option}/{index}", f"{quoted(text)} is named twice: leave one out")
            directions[name] = is_higher
    for name in names:
        known = is_better_when_higher(name)
        if name in directions:
            continue
        if known is None:
            message = f"nothing says whether {name} should be high or low: set --higher {name} or --lower {name}"
            raise InputError("/options", message)
        directions[name] = known
    return directions


def _per_million(option: Option, inputs: Inputs) -> float | None:
    """The cost of a million successful requests at the measured throughput; None without a throughput."""
    throughput = next(
        (figure.value for name, figure in option.figures.items()
         if figure.unit == "1/s" and any(word in THROUGHPUT for word in name.split("_"))), None,
    )  # fmt: skip
    if not throughput:
        return None
    failing = next(
        (figure.value for name, figure in option.figures.items()
         if figure.unit == "ratio" and any(word in ERRORS for word in name.split("_"))), 0.0,
    )  # fmt: skip
    availability = option.figures.get("availability")
    good = throughput * inputs.number("utilisation") * (1 - failing) * (availability.value if availability else 1.0)
    return option.cost / (good * MONTH_SECONDS) * _MILLION if good else None


def _answer(
    options: list[Option],
    unit: str,
    by: list[int | None],
    slo: tuple[list[Requirement], int],
    prices: tuple[list[float | None], int | None],
) -> str:
    frontier = sorted((one.cost, one.name) for one, other in zip(options, by) if other is None)
    slos, best = slo
    kept = f" that keeps {' and '.join(one.text for one in slos)}" if slos else ""
    text = f"{options[best].name} is the cheapest option{kept}, at {format_quantity(options[best].cost, unit)} a month"
    per, cheapest = prices
    if cheapest is not None:
        price = format_quantity(per[cheapest], unit)
        text += f"; a million successful requests cost least with {options[cheapest].name}, {price}"
    text += f". On the frontier: {', '.join(name for _, name in frontier)}"
    beaten = [f"{one.name} (by {options[other].name})" for one, other in zip(options, by) if other is not None]
    return f"{text}. Dominated: {', '.join(beaten)}." if beaten else f"{text}; no option is dominated."


def _assumptions(inputs: Inputs, read: Options, higher: dict[str, bool], priced: list[int]) -> list[str]:
    words = ", ".join(f"{'higher' if is_higher else 'lower'} {name}" for name, is_higher in higher.items())
    texts = [
        f"Lower cost and {words} are better. A dominated option is no better in any of them and worse in one.",
        "Figures are taken as exact: options that differ by less than the noise of the measurement are equally good.",
    ]
    if priced:
        share = inputs.number("utilisation") * 100
        texts.append(
            f"A month of 30.44 days at {share:.4g} % of the throughput; failed and unavailable requests are paid for, "
            "but do not count."
        )
    return [*texts, *read.notes]


def _warnings(prices: list[float | None], options: list[Option]) -> list[AnswerWarning]:
    if all(price is None for price in prices):
        message = f"no option has a throughput such as {options[0].name}:...:throughput=400/s: no cost of a request"
        return [AnswerWarning("no_throughput", message, "measure the throughput at which each option keeps the SLO")]
    return []


def picture(answer: Answer) -> str:
    """Cost and the first figure of each option; the names are below."""
    read = read_options(answer.inputs)
    name, first = next(iter(read.items[0].figures.items()))
    table = next(table for table in answer.outcome.tables if table.name == "options")
    on_frontier = {row.label for row in table.rows for cell in row.results if cell.name == "frontier" and cell.value}
    points = sorted((one.cost, one.figures[name].value, one.name in on_frontier) for one in read.items)
    good = [(cost, value) for cost, value, is_good in points if is_good]
    beaten = [(cost, value) for cost, value, is_good in points if not is_good]
    shapes = [
        Shape("points", "on the frontier", good),
        *([Shape("points", "dominated", beaten)] if beaten else []),
        Shape("none", "", [(0.0, 0.0)]),
    ]
    names = [
        (one.cost, f"{one.name} ({format_quantity(one.cost, '')})")
        for one in sorted(read.items, key=lambda one: one.cost)
    ]
    x = Axis(f"cost in a month{f' in {read.currency}' if read.currency else ''}", ticks=names)
    frame = FILE_FRAME._replace(right=70)
    return plot("Cost and quality", answer.outcome.answer, x, Axis(name, first.unit), shapes, mark(answer), frame)


_RESULTS = {
    "on_frontier": "options that no other one dominates",
    "best_cost": "cost in a month of the cheapest option that keeps the SLO",
    "best_per_million": "lowest cost of a million successful requests among the options that keep the SLO",
}

_TABLES = {
    "options": {
        "cost": "cost in a month",
        "frontier": "whether no other option dominates it",
        "keeps_slo": "whether it keeps the SLO",
        "per_million": "cost of a million successful requests, where it keeps the SLO",
    },
}

COMMAND = Command(
    name="cost frontier",
    summary="Which options are worth their cost: Pareto frontier, dominated ones, cost of a successful request.",
    fields=(
        OPTIONS,
        requirement_field(
            "slo", "limits that the option must keep", example="p95<=100ms,errors<=1%", max_items=MAX_ITEMS
        ),
        Field("utilisation", RATIO, "share of the throughput that is used on average", "40%", 1e-6, 1, default="100%"),
        Field("higher", TEXT, "figures of which more is better, by name", "score", max_items=MAX_ITEMS),
        Field("lower", TEXT, "figures of which less is better, by name", "delay", max_items=MAX_ITEMS),
        CURRENCY,
        columns_field(*ROLES, "ignore")._replace(example="cost=eur,ignore=region"),
    ),
    run=run,
    formula="dominated: another option is at least as good in cost and every figure, and better in one; cost of a "
    "request = cost in a month / (throughput * utilisation * (1 - errors) * availability * month)",
    source="Ehrgott 2005, section 2.1",
    example={
        "options": "small:420:p95=80ms; throughput=400/s; errors=0.2%,"
        "medium:780:p95=62ms; throughput=820/s; errors=0.1%,"
        "large:1500:p95=60ms; throughput=1400/s; errors=0.1%,old:900:p95=95ms; throughput=500/s; errors=0.4%",
        "slo": "p95<=90ms",
        "utilisation": "40%",
    },
    results=_RESULTS,
    tables=_TABLES,
    formats={"svg": Format((".svg",), picture)},
)

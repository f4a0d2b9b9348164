"""Whether a system survives an event such as a sale: its demand, the capacity by size, and what it costs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import InputError
from acolytes_perf.inputs.demand_quantity import DEMAND_QUANTITY
from acolytes_perf.inputs.fields import Field, Inputs, choice_field, text_field
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.timeline import EARLIEST, LATEST, TIME
from acolytes_perf.inputs.units import COUNT, NUMBER, RATIO
from acolytes_perf.methods.calendar_days import CALENDAR
from acolytes_perf.outcome import STATISTICAL, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.series import demand_history
from acolytes_perf.series.series_input import COMBINE, QUANTILE, SELECT, UNIT, columns_field
from acolytes_perf.wording import format_quantity, pluralize

if TYPE_CHECKING:
    from acolytes_perf.methods.event_case import EventCase

_LEVEL = 0.95
_MAX_UNITS = 10**6
_NAMES = ("n", "units", "workers", "nodes", "machines", "servers", "replicas", "pods", "instances", "threads")


def run(inputs: Inputs) -> Outcome:
    """Forecast the ordinary hour, multiply it by the ratios of past events, and compare it with capacity by size."""
    from acolytes_perf.methods.event_case import read_event
    from acolytes_perf.outputs.event_report import assumptions, warnings

    if len(inputs.numbers("ratios")) < 2:
        raise InputError("/ratios", "needs two events at least: one does not tell how much events differ")
    case = read_event(inputs, _SIZES)
    return Outcome(
        _answer(inputs, case),
        _results(inputs, case),
        assumptions(inputs, case),
        warnings(inputs, case),
        tables=[_targets(inputs, case), _by_size(inputs, case), _past_events(inputs, case)],
    )


def _size(inputs: Inputs) -> int:
    return int(inputs.number("size"))


def _zones(inputs: Inputs) -> int | None:
    zones = inputs.optional("zones")
    return None if zones is None else int(zones)


def _chances(inputs: Inputs) -> list[float]:
    return sorted({0.5, *inputs.numbers("chances")})


def _answer(inputs: Inputs, case: EventCase) -> str:
    from acolytes_perf.outputs.event_report import describe_chance, describe_demand

    survival, size, zones = case.survival, _size(inputs), _zones(inputs)
    text = f"With {pluralize(size, 'unit')} the chance to survive is {describe_chance(survival.chance(size))}"
    if zones is not None:
        from acolytes_perf.methods.event_survival import remaining

        text += f", with a zone lost {describe_chance(survival.chance(remaining(size, zones)))}"
    needed, impossible = [], []
    for chance in _chances(inputs):
        smallest, words = survival.smallest_size(chance), format_quantity(chance, "probability")
        if smallest is None:
            impossible.append(words)
        else:
            needed.append(f"{pluralize(smallest, 'unit')} for {words}")
    sentences = [f"It takes {', '.join(needed)}."] if needed else []
    if impossible:
        sentences.append(f"No size up to {survival.curve.max_size} is enough for {' or '.join(impossible)}.")
    return f"{text}. {describe_demand(case)} {' '.join(sentences)}"


def _results(inputs: Inputs, case: EventCase) -> list[Result]:
    from acolytes_perf.methods.event_survival import remaining

    survival, size, zones = case.survival, _size(inputs), _zones(inputs)
    unit, divisor = case.forecast.display
    curve, demand = survival.curve, survival.demand

    def amount(name: str, value: float, low: float, high: float) -> Result:
        upper = None if high == math.inf else high / divisor
        return Result(
            name, None if value == math.inf else value / divisor, unit,
            None if low == math.inf else Interval(low / divisor, upper, STATISTICAL, _LEVEL),
        )  # fmt: skip

    peak_size, peak_capacity = curve.peak()
    results = [Result("survival_now", survival.chance(size), "probability")]
    if zones is not None:
        results.append(Result("survival_zone_lost", survival.chance(remaining(size, zones)), "probability"))
    results += [
        Result("shed_now", survival.shed(size, 0.5), "ratio"),
        amount("ordinary", *case.ordinary),
        amount("demand", demand.median, demand.quantile(0.025), demand.quantile(0.975)),
        amount("capacity_now", *curve.capacity(size)),
    ]
    if zones is not None and remaining(size, zones) >= 1:
        results.append(amount("capacity_zone_lost", *curve.capacity(remaining(size, zones))))
    size_at_peak, low, high = peak_size
    results += [
        Result(
            "peak_size", None if size_at_peak == math.inf else size_at_peak, "",
            None if low == math.inf else Interval(low, None if high == math.inf else high, STATISTICAL, _LEVEL),
        ),
        amount("peak_capacity", *peak_capacity),
    ]  # fmt: skip
    if case.price is not None:
        results.append(Result("cost_now", case.price * size, case.currency))
    return results


def _targets(inputs: Inputs, case: EventCase) -> ResultTable:
    """For each chance the smallest size, its cost, and the shares to turn away without it."""
    survival, zones, rows = case.survival, _zones(inputs), []
    unit, divisor = case.forecast.display
    best = survival.best_size()
    for chance in _chances(inputs):
        smallest = survival.smallest_size(chance)
        cells = [
            Result("demand", survival.demand.quantile(chance) / divisor, unit),
            Result("size", smallest, ""),
        ]
        if case.price is not None:
            cells.append(Result("cost", None if smallest is None else case.price * smallest, case.currency))
        if zones is not None:
            cells.append(Result("size_zone_lost", survival.smallest_size(chance, zones), ""))
        cells.append(Result("shed_now", survival.shed(_size(inputs), chance), "ratio"))
        if smallest is None:
            cells.append(Result("shed_at_best", survival.shed(best, chance), "ratio"))
        rows.append(Row(format_quantity(chance, "probability"), cells))
    return ResultTable("targets", "chance", rows)


def _by_size(inputs: Inputs, case: EventCase) -> ResultTable:
    """The size now, the largest measured, those that reach a chance, and the best: capacity, chance and cost."""
    from acolytes_perf.methods.event_survival import remaining

    survival, zones = case.survival, _zones(inputs)
    unit, divisor = case.forecast.display
    reached = [survival.smallest_size(chance) for chance in _chances(inputs)]
    sizes = {_size(inputs), math.ceil(survival.curve.largest), survival.best_size(), *filter(None, reached)}
    rows = []
    for size in sorted(sizes):
        value, low, high = survival.curve.capacity(size)
        cells = [
            Result("capacity", value / divisor, unit),
            Result("low", low / divisor, unit),
            Result("high", high / divisor, unit),
            Result("survival", survival.chance(size), "probability"),
        ]
        if zones is not None:
            cells.append(Result("zone_lost", survival.chance(remaining(size, zones)), "probability"))
        if case.price is not None:
            cells.append(Result("cost", case.price * size, case.currency))
        cells.append(Result("extrapolated", size > survival.curve.largest, ""))
        rows.append(Row(str(size), cells))
    return ResultTable("sizes", "size", rows)


def _past_events(inputs: Inputs, case: EventCase) -> ResultTable:
    """Each past event, if it came again: demand in its peak, and the size that carries it more likely than not."""
    survival, (unit, divisor), rows = case.survival, case.forecast.display, []
    now = survival.curve.capacity(_size(inputs))[0]
    for ratio in dict.fromkeys(inputs.numbers("ratios")):
        demand = case.ordinary[0] * ratio * inputs.number("peak")
        sizes = survival.search_sizes()
        first = next((size for size in sizes if survival.curve.capacity(size)[0] >= demand), None)
        if first is not None:
            first = next(size for size in range(1, first + 1) if survival.curve.capacity(size)[0] >= demand)
        cells = [
            Result("demand", demand / divisor, unit),
            Result("size", first, ""),
            Result("shed_now", max(0.0, 1 - now / demand), "ratio"),
        ]
        rows.append(Row(format_quantity(ratio, "x"), cells))
    return ResultTable("events", "past event", rows)


def _chart(answer: Answer) -> str:
    from acolytes_perf.outputs.event_chart import chart

    return chart(answer, _SIZES)


_SIZES = Table(
    "sizes",
    (
        Field("size", NUMBER, "machines, workers or threads", "8", 1, _MAX_UNITS, required=True, aliases=_NAMES),
        Field(
            "throughput", DEMAND_QUANTITY, "the highest that this size carried, in the history's unit", "370", 0, 1e15,
            required=True, aliases=("capacity", "x", "rps", "qps", "tps", "rate", "sustained"),
        ),
    ),
    "measured capacity by size, several runs of each size are best; or a CSV file of it",
    "1:48,2:97,4:190,8:375,16:720",
    takes_files=True,
)  # fmt: skip

_RESULTS = {
    "survival_now": "chance that the size now carries the event's peak",
    "survival_zone_lost": "chance to survive with the largest zone lost",
    "shed_now": "share of the demand to turn away: so that the size now survives more likely than not",
    "ordinary": "demand at the event's time, if it were an ordinary day",
    "demand": "demand in the event's peak: the median of its distribution",
    "capacity_now": "capacity of the size now",
    "capacity_zone_lost": "capacity of the size now without its largest zone",
    "peak_size": "size beyond which more units carry less; never where the measurements show no such size",
    "peak_capacity": "the most that any size carries",
    "cost_now": "price of the size now",
}

_TABLES = {
    "targets": {
        "demand": "demand in the peak that is not exceeded with this chance",
        "size": "smallest size that survives with this chance; never where no considered size does",
        "cost": "cost of the smallest size that survives with this chance",
        "size_zone_lost": "smallest size that survives with this chance, and without its largest zone",
        "shed_now": "share of the demand to turn away, so that the size now survives with this chance",
        "shed_at_best": "share of the demand to turn away at the best size: where no size is enough",
    },
    "sizes": {
        "capacity": "capacity of the size",
        "low": "lower limit of the chance: of its 95 % interval",
        "high": "upper limit of the chance: of its 95 % interval",
        "survival": "chance that the size carries the peak",
        "zone_lost": "chance that the size carries the peak without its largest zone",
        "cost": "price of the size",
        "extrapolated": "whether the size is larger than any that was measured",
    },
    "events": {
        "demand": "demand in the peak, if that event came again",
        "size": "smallest size that carries the event more likely than not",
        "shed_now": "share of the demand beyond the capacity now",
    },
}

COMMAND = Command(
    name="forecast event",
    summary="Whether a system survives a sale or another event: demand, chance, size and cost, in one call.",
    fields=(
        demand_history.history_table(
            Field(
                "value", DEMAND_QUANTITY, "demand in any unit, empty for a gap", "118", 0, 1e15,
                aliases=demand_history.DEMAND_NAMES,
            )
        ),
        Field("at", TIME, "when the event is", "2026-11-27T19:00Z", EARLIEST, LATEST, required=True,
              aliases=("time", "when", "date", "event")),
        Field(
            "ratios", NUMBER, "demand of past events over the same hour of an ordinary week", "6.1x,4.8x,7.4x",
            0.01, 10**6, required=True, max_items=100, aliases=("ratio", "factors", "factor", "multiples"),
        ),
        Field(
            "peak", NUMBER, "highest demand within the hour over the hour's mean", "1.8x", 1, 1000, default="1",
            takes_interval=True, aliases=("burst",),
        ),
        _SIZES,
        Field("size", COUNT, "units now", "24", 1, _MAX_UNITS, required=True, aliases=("now", "units", "workers")),
        Field("zones", COUNT, "zones or data centres over which the units are spread evenly", "2", 2, 100),
        text_field(
            "price", "price of a unit, with what it is in", "31 USD/month",
            r"\d+(?:\.\d+)?\s*(?:[^\d\s,:][^,:]{0,30})?", "a number and a currency",
        ),
        Field(
            "chances", RATIO, "chances to survive for which to find a size", "90%,95%,99%", 0.01, 0.999,
            default="90%,95%,99%", max_items=8, is_distinct=True,
        ),
        columns_field("time", "label", "value", "size", "throughput"),
        SELECT, COMBINE, UNIT, QUANTILE,
        CALENDAR,
        Field("season", COUNT, "steps of a season, 1 for no season (default a week, day or year)", "168", 1, 2000),
        choice_field("shifts", "what to do about sudden shifts of the level", ("find", "ignore"), "find"),
        choice_field("outliers", "what to do about outliers and special days", ("clean", "keep"), "clean"),
    ),
    run=run,
    formula="peak demand = ordinary * ratio * peak; log ratio: mean + sd sqrt(1 + 1/n) t(n - 1); capacity N / (a + "
    "b (N - 1) + c N (N - 1)) with a, b, c drawn from their t distribution, b and c at least 0; chance = P(capacity "
    ">= demand)",
    source="Gunther 2007, chapters 4 to 6; Hahn and Meeker 1991, section 4.7; Hyndman and Athanasopoulos, "
    "Forecasting: Principles and Practice, chapters 5 and 8",
    example={
        "history": "50:2026-10-19,52:2026-10-20,55:2026-10-21,53:2026-10-22,58:2026-10-23,40:2026-10-24,38:2026-10-25,"
        "51:2026-10-26,53:2026-10-27,55:2026-10-28,54:2026-10-29,59:2026-10-30,41:2026-10-31,38:2026-11-01,"
        "52:2026-11-02,53:2026-11-03,56:2026-11-04,55:2026-11-05,60:2026-11-06,41:2026-11-07,39:2026-11-08,"
        "52:2026-11-09,54:2026-11-10,57:2026-11-11,55:2026-11-12,61:2026-11-13,42:2026-11-14,40:2026-11-15",
        "at": "2026-11-27",
        "ratios": "6.1x,4.8x,7.4x,5.5x",
        "peak": "1.8x",
        "sizes": "1:48,1:47,2:97,2:96,4:190,4:188,8:375,8:372,16:720,16:712",
        "size": "10",
        "zones": "2",
        "price": "31 USD/month",
    },
    results=_RESULTS,
    tables=_TABLES,
    formats={"svg": Format((".svg",), _chart)},
)  # fmt: skip

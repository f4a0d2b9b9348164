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
from acolytes_perf.methods.forecasting.calendar_days import CALENDAR
from acolytes_perf.outcome import STATISTICAL, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.series import demand_history
from acolytes_perf.series.series_input import COMBINE, QUANTILE, SELECT, UNIT, columns_field
from acolytes_perf.wording import format_quantity

if TYPE_CHECKING:
    from acolytes_perf.methods.capacity.event_case import EventCase

_LEVEL = 0.95
_MAX_UNITS = 10**6
_NAMES = ("n", "units", "workers", "nodes", "machines", "servers", "replicas", "pods", "instances", "threads")


def run(inputs: Inputs) -> Outcome:
    """Forecast the ordinary hour, multiply it by the ratios of past events, and compare it with capacity by size."""
    from acolytes_perf.methods.capacity.event_case import read_event
    from acolytes_perf.outputs.event_report import answer, assumptions, warnings

    if len(inputs.numbers("ratios")) < 2:
        raise InputError("/ratios", "needs two events at least: one does not show how much events differ")
    if _zones(inputs) == 1:
        message = "must be 2 or more, since no unit is left when the only zone is lost: leave zones out"
        raise InputError("/zones", message, {"zones": None})
    case = read_event(inputs, _SIZES)
    tables = [_zone_lost(inputs, case)] if _zones(inputs) else []
    tables += [_targets(inputs, case), _by_size(inputs, case), _past_events(inputs, case)]
    return Outcome(
        answer(inputs, case), _results(inputs, case), assumptions(inputs, case), warnings(inputs, case), tables=tables
    )


def _size(inputs: Inputs) -> int:
    return int(inputs.number("size"))


def _zones(inputs: Inputs) -> int | None:
    zones = inputs.optional("zones")
    return None if zones is None else int(zones)


def _amount(case: EventCase, name: str, value: float, low: float, high: float) -> Result:
    """An amount of demand in the unit of the answer; infinity is no end of its interval."""
    unit, divisor = case.forecast.display
    upper = None if high == math.inf else high / divisor
    interval = None if low == math.inf else Interval(low / divisor, upper, STATISTICAL, _LEVEL)
    return Result(name, None if value == math.inf else value / divisor, unit, interval)


def _chances_of(inputs: Inputs, case: EventCase, zones: int | None) -> list[Result]:
    """What the size now carries and how likely it survives, and the best size; with zones, when one of them is lost."""
    from acolytes_perf.methods.capacity.event_survival import remaining

    survival, left = case.survival, remaining(_size(inputs), zones)
    best = survival.best_size(zones)
    results = [
        Result("survival_now", survival.chance(left), "probability"),
        Result("run_out_now", 1 - survival.chance(left), "probability"),
        Result("best_size", best, ""),
        Result("best_survival", survival.chance(remaining(best, zones)), "probability"),
    ]
    if left >= 1:
        results.insert(2, _amount(case, "capacity_now", *survival.curve.capacity(left)))
    return results


def _zone_lost(inputs: Inputs, case: EventCase) -> ResultTable:
    """The same figures as those of all units, with the largest zone lost."""
    row = Row("with a zone lost", _chances_of(inputs, case, _zones(inputs)))
    return ResultTable("zone_lost", "case", [row], beside_results=True)


def _results(inputs: Inputs, case: EventCase) -> list[Result]:
    demand = case.survival.demand
    (size_at_peak, low, high), peak_capacity = case.survival.curve.peak()
    results = [
        *_chances_of(inputs, case, None),
        _amount(case, "ordinary", *case.ordinary),
        _amount(case, "demand", demand.median, demand.quantile(0.025), demand.quantile(0.975)),
        Result(
            "peak_size", None if size_at_peak == math.inf else size_at_peak, "",
            None if low == math.inf else Interval(low, None if high == math.inf else high, STATISTICAL, _LEVEL),
        ),
        _amount(case, "peak_capacity", *peak_capacity),
    ]  # fmt: skip
    if case.price is not None:
        results.append(Result("cost_now", case.price * _size(inputs), case.currency))
    return results


def _targets(inputs: Inputs, case: EventCase) -> ResultTable:
    """For each chance the smallest size, its cost, and the shares to turn away without it."""
    from acolytes_perf.methods.capacity.event_survival import remaining

    survival, zones, rows = case.survival, _zones(inputs), []
    unit, divisor = case.forecast.display
    for chance in survival.shown_chances(inputs.numbers("chances"), zones):
        smallest = survival.smallest_size(chance)
        cells = [
            Result("demand", survival.demand.quantile(chance) / divisor, unit),
            Result("size", smallest, ""),
        ]
        if case.price is not None:
            cells.append(Result("cost", None if smallest is None else case.price * smallest, case.currency))
        cases: list[tuple[str, int | None]] = [("", None)] if zones is None else [("", None), ("_zone_lost", zones)]
        if zones is not None:
            cells.append(Result("size_zone_lost", survival.smallest_size(chance, zones), ""))
        cells += [
            Result(f"shed_now{suffix}", survival.shed(remaining(_size(inputs), lost), chance), "ratio")
            for suffix, lost in cases
        ]
        cells += [
            Result(f"shed_at_best{suffix}", survival.shed(remaining(survival.best_size(lost), lost), chance), "ratio")
            for suffix, lost in cases
            if survival.smallest_size(chance, lost) is None
        ]
        rows.append(Row(format_quantity(chance, "probability"), cells))
    return ResultTable("targets", "chance", rows)


def _by_size(inputs: Inputs, case: EventCase) -> ResultTable:
    """The size now, those that reach a wanted chance, and the best: capacity, chance and cost."""
    from acolytes_perf.methods.capacity.event_survival import remaining

    survival, zones = case.survival, _zones(inputs)
    unit, divisor = case.forecast.display
    reached = [survival.smallest_size(chance) for chance in inputs.numbers("chances")]
    sizes = {_size(inputs), survival.best_size(), *filter(None, reached)}
    if zones is not None and not all(survival.smallest_size(chance, zones) for chance in inputs.numbers("chances")):
        sizes.add(survival.best_size(zones))
        # between both best sizes: good with and without the zone
        shown = survival.shown_chances(inputs.numbers("chances"), zones)
        sizes.update(list(filter(None, (survival.smallest_size(chance, zones) for chance in shown)))[-1:])
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
        cells = [
            Result("demand", demand / divisor, unit),
            Result("size", survival.size_for(demand), ""),
            Result("shed_now", max(0.0, 1 - now / demand), "ratio"),
        ]
        rows.append(Row(format_quantity(ratio, "x"), cells))
    # an assumption says the same in one line
    return ResultTable("events", "past event", rows, text_rows=0)


def _chart(answer: Answer) -> str:
    from acolytes_perf.outputs.event_chart import chart

    return chart(answer, _SIZES)


_SIZES = Table(
    "sizes",
    (
        Field("size", NUMBER, "machines, workers or threads", "8", 1, _MAX_UNITS, required=True, aliases=_NAMES),
        Field(
            "throughput", DEMAND_QUANTITY, "the highest that this size carried, with the history's unit", "370", 0,
            1e15, required=True, aliases=("capacity", "x", "rps", "qps", "tps", "rate", "sustained"),
        ),
    ),
    "measured capacity by size, several runs of each size are best; or a CSV file of it",
    "1:48,2:97,4:190,8:375,16:720",
    takes_files=True,
)  # fmt: skip

_RESULTS = {
    "survival_now": "chance that the size now carries the event's peak",
    "run_out_now": "chance that the size now runs out in the event's peak",
    "capacity_now": "capacity of the size now",
    "best_size": "the considered size with the highest chance to survive",
    "best_survival": "chance to survive of the best size",
    "ordinary": "demand at the event's time, if it were an ordinary day",
    "demand": "demand in the event's peak: the median of its distribution",
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
        "shed_now_zone_lost": "share of the demand to turn away with a zone lost: at the size now",
        "shed_at_best": "share of the demand to turn away at the best size: where no size is enough",
        "shed_at_best_zone_lost": "share of the demand to turn away with a zone lost: at the size best then",
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
        Field(
            "at", TIME, "when the event's peak is, with its time where the history has steps below a day",
            "2026-11-27T19:00Z", EARLIEST, LATEST, required=True, aliases=("time", "when", "date", "event"),
        ),
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
        Field("zones", COUNT, "zones or data centres over which the units are spread evenly", "2", 1, 100),
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

"""When a series changed permanently, by how much, and which deploys were near."""

from __future__ import annotations

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.inputs.demand_quantity import DEMAND_QUANTITY
from acolytes_perf.inputs.fields import Field, Inputs, choice_field
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.timeline import EARLIEST, LATEST, TIME, show_time
from acolytes_perf.inputs.units import COUNT, DURATION
from acolytes_perf.outcome import Outcome, ResultTable
from acolytes_perf.series.demand_history import MAX_STEPS
from acolytes_perf.series.event_list import EVENT_ROLES, EVENTS
from acolytes_perf.series.series_input import COMBINE, KIND, QUANTILE, SELECT, UNIT, columns_field
from acolytes_perf.time_units import SECONDS

#: Headings of the column of values.
_NAMES = ("latency", "duration", "p50", "p95", "p99", "mean", "median", "y", "demand", "load", "rate", "requests")


_YEAR = 366 * SECONDS["d"]


def run(inputs: Inputs) -> Outcome:
    """Find the changes, measure them, and set the events beside them."""
    from acolytes_perf.methods.changes.case import read_changes
    from acolytes_perf.outputs import changes_report as report

    case = read_changes(inputs)
    worse = inputs.text("worse")
    return Outcome(
        report.describe(case),
        report.results(case),
        report.assumptions(case, int(inputs.number("least"))),
        report.warnings(case),
        failed=worse is not None and case.is_last_change_up() is (worse == "higher"),
        tables=[
            ResultTable("change_points", "change at", report.change_rows(case), text_rows=12),
            ResultTable("events", "event", report.event_rows(case), text_rows=8),
        ],
    )


def _chart(answer: Answer) -> str:
    from acolytes_perf.outputs.changes_report import chart

    return chart(answer)


def _history() -> Table:
    value = Field(
        "value", DEMAND_QUANTITY, "in any unit, empty for a gap", "118ms", 0, 1e15, aliases=_NAMES,
    )  # fmt: skip
    time = Field(
        "time", TIME, "when, ISO 8601 (UTC without a zone) or seconds since 1970", "2026-03-01", EARLIEST, LATEST,
        aliases=("timestamp", "date", "datetime", "ds", "month", "day", "hour"),
    )  # fmt: skip
    doc = "values at even steps, oldest first or with times; or files: CSV, Prometheus, CloudWatch, OTLP, ..."
    return Table(
        "history", (value, time), doc, "112ms,118ms,132ms", max_rows=MAX_STEPS, required=True, takes_files=True
    )


_VALUES = (
    117.6, 118.8, 117.6, 117.5, 116.5, 117.7, 119.8, 118.7, 119.7, 118.4, 118.6, 118.3, 115.3, 119.4, 118.8,
    118.8, 115.3, 115.2, 116.6, 117.3, 126.5, 125.9, 126.8, 125.0, 126.5, 126.6, 124.9, 128.7, 126.9, 127.9,
    125.0, 124.8, 125.4, 125.8, 127.0,
)  # fmt: skip
#: One value a day from 2026-03-01 on.
_EXAMPLE = ",".join(f"{value}ms:{show_time(1772323200 + day * SECONDS['d'])}" for day, value in enumerate(_VALUES))

COMMAND = Command(
    name="changes",
    summary="When the level of a series changed permanently, by how much, and which deploys were near.",
    fields=(
        _history(),
        EVENTS,
        Field("near", DURATION, "how long before a change an event may be (default one step)", "1h", 0, _YEAR),
        columns_field("time", "label", "value", *EVENT_ROLES),
        SELECT, COMBINE, UNIT, KIND, QUANTILE,
        Field("step", DURATION, "time between two values that have no times (default 1d)", "1h", 1, _YEAR),
        Field("season", COUNT, "steps of a season, 1 for no season (default a week or a day, if there)", "24", 1, 2000),
        Field("least", COUNT, "fewest values between two changes", "10", 3, 1000, default="5"),
        choice_field(
            "worse", "a gate: exit code 1 when the last change went in this direction", ("higher", "lower"), None
        ),
    ),
    run=run,
    formula="seeded intervals, best split by |difference of means| / (s sqrt(1/m + 1/n)) with s^2 = variance (1 + r) / "
    "(1 - r), r the autocorrelation, values clipped at 2.5 sd from their running median; the weakest split goes while "
    "below 4.1 + 0.3 ln(n/100); place: 11 (s / size)^2",
    source="Kovacs and others 2023, doi 10.1093/biomet/asac052 (intervals); Chakar and others 2017 (noise); Bai 1997 "
    "(place)",
    example={
        "history": _EXAMPLE,
        "events": "v2.1=2026-03-09,v2.2=2026-03-21T09:30Z",
    },
    results={
        "changes": "lasting changes of the level",
        "smallest_change": "smallest change that the series would show: in the middle, in 80 of 100 such series, as a "
        "share of the level",
        "autocorrelation": "autocorrelation: how much each value's deviation depends on the one before",
        "outliers": "values far from their neighbours; they count as no change",
        "trend": "steady change a step, apart from the changes",
        "near_events": "changes with an event near",
        "by_chance": "chance that as many changes have an event as near: if events and changes have nothing to do with "
        "each other",
    },
    tables={
        "change_points": {
            "before": "level just before",
            "after": "level just after",
            "difference": "after less before",
            "change": "after over before - 1",
            "position": "number of values of the history before it, gaps included",
            "earlier": "most that the change may have been earlier: with 95 % confidence",
            "later": "most that the change may have been later: with 95 % confidence",
            "events": "events near",
            "by_chance": "share of all times at which a change would have an event as near",
        },
        "events": {
            "near_change": "whether a change is near",
            "until_change": "from the event to the first value after the change; negative when a step began before",
            "change": "size of the near change",
        },
    },
    formats={"svg": Format((".svg",), _chart)},
)  # fmt: skip

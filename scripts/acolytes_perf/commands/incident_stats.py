"""How often incidents come and how long they last, with honest intervals; and whether a date changed either."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.timeline import EARLIEST, LATEST, TIME, show_time
from acolytes_perf.inputs.units import COUNT, DURATION, RATIO
from acolytes_perf.methods.reliability.repair_times import (
    LEAST,
    Figure,
    LogNormal,
    figures,
    fit_log_normal,
    ratio_of_times,
    smallest_reduction,
)
from acolytes_perf.methods.statistics.count_intervals import poisson_interval, rate_ratio_interval
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.series.incident_list import INCIDENTS, ROLES, IncidentList, IncidentRow, read_incidents
from acolytes_perf.series.series_input import columns_field
from acolytes_perf.time_units import SECONDS
from acolytes_perf.wording import format_interval, format_quantity, pluralize

_MONTH = 30 * SECONDS["d"]
_LEVELS = (0.9, 0.95, 0.99)
#: Skewness of the logarithms, in standard errors, above which a log-normal law is doubtful.
_SKEWED = 2.5


class _Case(NamedTuple):
    """What is counted, over how many seconds (None where unknown), and the list where there is one."""

    number: int
    period: float | None
    listed: IncidentList
    start: float = 0.0
    end: float = 0.0


def run(inputs: Inputs) -> Outcome:
    """Count, and measure the times to repair."""
    case = _read(inputs)
    low, high = poisson_interval(case.number, 0.95)
    results = [Result("incidents", case.number, "incidents", Interval(low, high, STATISTICAL, 0.95))]
    if case.period is not None:
        per_month = _MONTH / case.period
        rate = Interval(low * per_month, high * per_month, STATISTICAL, 0.95)
        results.append(Result("per_month", case.number * per_month, "incidents", rate))
    tables, warnings = [ResultTable("counts", "level", _levels(case.number))], list[AnswerWarning]()
    answer = f"{pluralize(case.number, 'incident')} ({format_interval(low, high, '', STATISTICAL, 0.95)})"
    if case.period is not None:
        answer += f", {format_quantity(results[1].value, '')} in 30 d"
    answer += "."
    durations = [row.duration for row in case.listed.rows]
    if durations:
        law = fit_log_normal(durations)
        rows = _repairs(durations, inputs)
        tables.append(ResultTable("repair_times", "time to repair", rows))
        results += _summary(rows, law)
        answer += " " + _repair_text(rows)
        warnings += _warnings(durations, law)
        if "changed" in inputs:
            compared = _compare(inputs, case)
            tables.append(ResultTable("periods", "period", _periods(case, inputs.number("changed"))))
            results += compared
            answer += " " + _compared_text(compared)
    return Outcome(answer, results, _assumptions(inputs, case), warnings, tables=tables)


def _levels(count: int) -> list[Row]:
    """The interval of the count at several levels."""
    rows = []
    for level in _LEVELS:
        limits = Interval(*poisson_interval(count, level), STATISTICAL, level)
        rows.append(Row(format_quantity(level, "ratio"), [Result("incidents", count, "incidents", limits)]))
    return rows


def _read(inputs: Inputs) -> _Case:
    if "count" in inputs and "incidents" in inputs:
        raise InputError("/count", "follows from incidents: leave it out", {"count": None})
    if "count" in inputs:
        for name in ("columns", "since", "until", "changed"):
            if name in inputs:
                raise InputError(f"/{name}", "has no effect without incidents", {name: None})
        for name in ("quantiles", "seed"):
            if name in inputs.written:
                raise InputError(f"/{name}", "has no effect without incidents", {name: None})
        return _Case(int(inputs.number("count")), inputs.optional("period"), IncidentList([]))
    if "incidents" not in inputs:
        raise COMMAND.missing("incidents", "a list or a file; or give their count")
    if "period" in inputs:
        raise InputError("/period", "has no effect with incidents: use since and until", {"period": None})
    listed = read_incidents(inputs, inputs.text("columns"), may_overlap=True)
    rows = listed.rows
    if len(rows) < LEAST:
        message = (
            f"has {pluralize(len(rows), 'incident')}, too few for a time to repair; missing: {LEAST - len(rows)} more"
        )
        raise CannotAnswerError("/incidents", message)
    start = inputs.number("since") if "since" in inputs else rows[0].start
    end = inputs.number("until") if "until" in inputs else max(row.end for row in rows)
    outside = next((row for row in rows if not start <= row.start <= end), None)
    if outside is not None:
        name = "since" if outside.start < start else "until"
        raise InputError(f"/{name}", f"leaves out the incident of {show_time(outside.start)}: use another date")
    return _Case(len(rows), end - start, listed, start, end)


def _repairs(durations: Sequence[float], inputs: Inputs) -> list[Row]:
    found = figures(durations, inputs.numbers("quantiles"), int(inputs.number("seed")))
    return [Row(one.name, [_result("log_normal", one.by_law), _result("data_only", one.by_data)]) for one in found]


def _result(name: str, figure: Figure, unit: str = "s") -> Result:
    return Result(name, figure.value, unit, Interval(figure.low, figure.high, STATISTICAL, 0.95))


def _summary(rows: Sequence[Row], law: LogNormal) -> list[Result]:
    mean = rows[0].results[0]
    return [
        Result("mean_time_to_repair", mean.value, "s", mean.interval),
        Result("spread", law.sd, ""),
        Result("smallest_reduction", smallest_reduction(law, law.size), "ratio"),
    ]


def _repair_text(rows: Sequence[Row]) -> str:
    texts = []
    for row in rows:
        figure = row.results[0]
        assert figure.interval is not None
        limits = format_interval(figure.interval.low, figure.interval.high, "s", STATISTICAL, 0.95)
        texts.append(f"{row.label} {format_quantity(figure.value, 's')} ({limits})")
    return f"Time to repair: {', '.join(texts)}."


def _sides(case: _Case, changed: float) -> tuple[list[IncidentRow], list[IncidentRow]]:
    rows = case.listed.rows
    return [row for row in rows if row.start < changed], [row for row in rows if row.start >= changed]


def _compare(inputs: Inputs, case: _Case) -> list[Result]:
    """Rate and time to repair after a date over those before it."""
    changed = inputs.number("changed")
    if not case.start < changed < case.end:
        message = f"is not between {show_time(case.start)} and {show_time(case.end)}, the time of the incidents"
        raise InputError("/changed", message)
    before, after = _sides(case, changed)
    exposure = (case.end - changed) / (changed - case.start)
    low, high = rate_ratio_interval(len(before), len(after), exposure, 0.95)
    rate = None if not before else len(after) / len(before) / exposure
    results = [Result("rate_ratio", rate, "x", Interval(low, high, STATISTICAL, 0.95))]
    if min(len(before), len(after)) < 2:
        side = "before" if len(before) < 2 else "after"
        message = f"leaves {pluralize(min(len(before), len(after)), 'incident')} {side} it"
        raise CannotAnswerError("/changed", f"{message}, too few to compare; missing: 2 on each side")
    ratio = ratio_of_times([row.duration for row in before], [row.duration for row in after])
    return [*results, _result("repair_ratio", ratio, "x")]


def _periods(case: _Case, changed: float) -> list[Row]:
    rows = []
    for label, side, seconds in zip(
        ("before", "after"), _sides(case, changed), (changed - case.start, case.end - changed)
    ):
        low, high = poisson_interval(len(side), 0.95)
        scale = _MONTH / seconds
        rows.append(
            Row(
                label,
                [
                    Result("incidents", len(side), "incidents"),
                    Result("per_month", len(side) * scale, "", Interval(low * scale, high * scale, STATISTICAL, 0.95)),
                ],
            )
        )
    return rows


def _compared_text(compared: Sequence[Result]) -> str:
    words = {"rate_ratio": "the rate", "repair_ratio": "the time to repair"}
    texts = []
    for result in compared:
        ends = result.interval
        assert ends is not None
        limits = format_interval(ends.low, ends.high, "x", STATISTICAL, 0.95)
        is_changed = ends.low > 1 or (ends.high is not None and ends.high < 1)
        how = "changed" if is_changed else "may not have changed"
        texts.append(f"{words[result.name]} {how}: {format_quantity(result.value, 'x')} ({limits})")
    return f"After the date, {'; '.join(texts)}."


def _warnings(durations: Sequence[float], law: LogNormal) -> list[AnswerWarning]:
    reduction = format_quantity(smallest_reduction(law, law.size), "ratio")
    message = (
        f"as many incidents again would show (in 80 of 100 cases) a shorter time to repair only if it falls by "
        f"{reduction} or more"
    )
    warnings = [
        AnswerWarning(
            "changes_rarely_seen", message, "judge a change by what it does in each incident, not by the mean"
        )
    ]
    skewness = _skewness(durations, law)
    if abs(skewness) > _SKEWED:
        message = f"the logarithms are skewed ({skewness:.1f} standard errors): a log-normal law is doubtful"
        warnings.append(AnswerWarning("not_log_normal", message, "use the column data_only"))
    return warnings


def _skewness(durations: Sequence[float], law: LogNormal) -> float:
    """Skewness of the logarithms in its standard errors under a normal law."""
    if not law.sd:
        return 0.0
    cubes = math.fsum(((math.log(value) - law.mean) / law.sd) ** 3 for value in durations) / law.size
    return cubes / math.sqrt(6 / law.size)


def _assumptions(inputs: Inputs, case: _Case) -> list[str]:
    texts = ["Incidents come independently at a constant rate (Poisson)."]
    if not case.listed.rows:
        return texts
    ends = [name for name in ("since", "until") if name not in inputs]
    if ends:
        texts.append(
            f"The time runs from {show_time(case.start)} to {show_time(case.end)}: without {' and '.join(ends)} from "
            "incident to incident, which makes the rate a little too high."
        )
    texts.append("log_normal: intervals by generalised pivots; data_only: percentile bootstrap; both seeded.")
    return [*texts, *case.listed.notes]


COMMAND = Command(
    name="incident stats",
    summary="How often incidents come and how long they last, with intervals, and what a change could ever show.",
    fields=(
        INCIDENTS,
        columns_field(*ROLES),
        Field("count", COUNT, "number of incidents, instead of a list", "25", 0, 10**6),
        Field("period", DURATION, "the time in which they were counted", "90d", 60, 3660 * SECONDS["d"]),
        Field("since", TIME, "start of the time (default the first incident)", "2026-01-01", EARLIEST, LATEST),
        Field("until", TIME, "its end (default the end of the last incident)", "2026-07-01", EARLIEST, LATEST),
        Field("changed", TIME, "a date to compare before and after", "2026-04-01", EARLIEST, LATEST),
        Field("quantiles", RATIO, "which shares of the incidents are repaired by then", "50%,90%", 0.001, 0.999,
              default="50%,90%,95%", max_items=8, is_distinct=True),
        Field("seed", COUNT, "seed of the draws", "1", 0, 10**9, default="1"),
    ),
    run=run,
    formula="count: Garwood's exact interval; time to repair: log-normal, exp(m + z s), mean exp(m + s^2 / 2), "
    "intervals of 4,000 pivots; data: percentile bootstrap; rate ratio: exact binomial; repair ratio: "
    "Welch's t of logarithms",
    source="Garwood 1936; Krishnamoorthy and Mathew 2003; Przyborowski and Wilenski 1940; Davidovic, Incident Metrics "
    "in SRE (Google, 2021)",
    example={
        "incidents": "2026-01-07:35min,2026-01-19:12min,2026-02-02:4h,2026-02-21:50min,2026-03-05:18min,"
        "2026-03-23:2h,2026-04-14:26min,2026-05-02:9min,2026-05-28:75min,2026-06-11:31min",
        "since": "2026-01-01", "until": "2026-07-01",
    },
    results={
        "incidents": "number of incidents: with the interval of its mean",
        "per_month": "incidents in a month: of 30 days",
        "mean_time_to_repair": "mean by the log-normal law",
        "spread": "standard deviation of the logarithms of the times to repair",
        "smallest_reduction": "smallest fall of the time to repair that would show: with as many incidents again, in "
        "80 of 100 cases",
        "rate_ratio": "rate of incidents after the date over that before",
        "repair_ratio": "time to repair after the date over that before, as ratio of geometric means",
    },
    tables={
        "counts": {"incidents": "number of incidents at this level: with its interval"},
        "repair_times": {
            "log_normal": "by a log-normal law",
            "data_only": "of the incidents alone; its intervals are too narrow for few incidents",
        },
        "periods": {"incidents": "incidents in the period", "per_month": "incidents in a month: of 30 days"},
    },
)  # fmt: skip

"""The answer of `results compare` for result files: every endpoint and measure, and what to know about the runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from acolytes_perf.errors import one_line
from acolytes_perf.methods.comparison.log_difference import Change
from acolytes_perf.methods.comparison.releases import FAILURES, THROUGHPUT, WHOLE, MeasureChange
from acolytes_perf.methods.runs.figures import RunRecord
from acolytes_perf.methods.runs.order import RunOrder, order_of
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Result, ResultTable, Row
from acolytes_perf.outputs.figure_report import both_ways
from acolytes_perf.outputs.reader_notes import damage_warnings, no_steady_state, reader_notes
from acolytes_perf.wording import format_quantity, pluralize

#: A larger difference of the loads changes latencies by itself.
_SAME_LOAD = 0.1
#: More failures than chance explains in one test of a hundred are named, although they may be noise.
_PERHAPS = 0.01
#: The most endpoints that the answer names; the tables have all.
_MOST_NAMED = 4

#: The most characters of an endpoint's name in tables. A text cuts more, in the middle.
MOST_NAME = 200
#: The columns that an answer as text shows of the tables.
_TEXT_COLUMNS = ("baseline", "candidate", "change", "p")
#: The other columns, which a text shows of at most so many changes.
_FURTHER_COLUMNS = ("smallest_detectable", "against_others", "p_against_others")
_MOST_FURTHER = 6
#: Lines of a table as text beside its rows: an empty one, the heading, and one that counts the rows left out.
_FRAME_LINES = 3

Runs = Mapping[str, Sequence[RunRecord]]


def describe(changes: Sequence[MeasureChange], limit: float | None = None) -> str:
    """One sentence: what is worse, what is better, and what these runs could not show; `limit` is that of a gate."""
    reported = [change for change in changes if change.is_reported]
    parts = []
    for word, is_bad in (("worse", True), ("better", False)):
        group = [change for change in reported if change.is_worse == is_bad]
        if group:
            parts.append(f"{word}: {_by_endpoint(group, limit)}")
    if parts:
        text = "; ".join(parts)
        return f"{text[0].upper()}{text[1:]}. No other change is more than noise{_perhaps(changes)}"
    typical = _typical(changes)
    reach = f"; these runs would detect {typical} in 80 of 100 comparisons" if typical else ""
    return f"No difference shown in any endpoint or measure{reach}{_perhaps(changes)}"


def _perhaps(changes: Sequence[MeasureChange]) -> str:
    """Failures that may have become more: their own test says so, but not with the correction for all tests."""
    found = [
        change
        for change in changes
        if change.measure == FAILURES
        and change.endpoint != WHOLE
        and change.is_worse
        and not change.is_reported
        and change.change.p_value < _PERHAPS
    ]
    if not found:
        return ""
    found.sort(key=lambda change: change.change.p_value)
    named = ", ".join(f"{one_line(change.endpoint)} ({_size(change, None)})" for change in found[:_MOST_NAMED])
    return f"; perhaps worse, which more runs would decide: {named}"


def _typical(changes: Sequence[MeasureChange]) -> str:
    """The smallest detectable changes of the median endpoint."""
    texts = []
    for measure in dict.fromkeys(change.measure for change in changes):
        values = sorted(change.detectable for change in changes if change.measure == measure)
        if measure == FAILURES:
            texts.append(f"failures {format_quantity(values[len(values) // 2], 'ratio')} more")
        elif measure in ("p50", "p95"):
            texts.append(f"{measure} {format_quantity(values[len(values) // 2], 'ratio')} higher")
    return ", ".join(texts)


def _by_endpoint(changes: Sequence[MeasureChange], limit: float | None) -> str:
    endpoints = list(dict.fromkeys(change.endpoint for change in changes))
    texts = []
    for endpoint in endpoints[:_MOST_NAMED]:
        own = [change for change in changes if change.endpoint == endpoint]
        texts.append(f"{one_line(endpoint)} ({', '.join(_size(one, limit) for one in own)}{_against(own)})")
    rest = len(endpoints) - _MOST_NAMED
    return ", ".join(texts) + (f" and {pluralize(rest, 'endpoint')} more" if rest > 0 else "")


def _size(change: MeasureChange, limit: float | None) -> str:
    if change.measure == FAILURES:
        before, after = (format_quantity(share, "ratio") for share in (change.baseline, change.candidate))
        return f"failures {before} to {after}"
    if not change.change.is_significant and change.relative is not None:
        return f"{change.measure} {_signed(change.relative)} against the others"
    return f"{change.measure} {_signed(change.change, both_ways(limit))}"


def _signed(change: Change, limits: Sequence[float] = ()) -> str:
    value, low, high = (format_quantity(end, "ratio", limits) for end in (change.value, change.low, change.high))
    return f"{'+' if change.value > 0 else ''}{value} [{low} to {high}]"


def _against(changes: Sequence[MeasureChange]) -> str:
    """Whether an endpoint changed by itself, or together with the others."""
    latencies = [change for change in changes if change.relative is not None and change.change.is_significant]
    if not latencies:
        return ""
    if any(change.relative is not None and change.relative.is_significant for change in latencies):
        return "; this endpoint, not the machine"
    if all(
        change.relative is not None and abs(change.relative.value) < abs(change.change.value) / 2
        for change in latencies
    ):
        return "; the other endpoints changed as well, so look at the machine first"
    return ""


def change_tables(changes: Sequence[MeasureChange], limit: float | None, room: int) -> list[ResultTable]:
    """Failures, latencies and throughput; what changed comes first.

    Args:
        changes: of all endpoints and measures.
        limit: of a gate.
        room: lines of the tables in an answer as text. Of each table at least one row is shown.
    """
    ordered = sorted(changes, key=lambda change: (not change.is_reported, change.change.adjusted))
    parts = [
        ("failures", "ratio", [change for change in ordered if change.measure == FAILURES]),
        ("latencies", "s", [change for change in ordered if change.measure not in (FAILURES, THROUGHPUT)]),
        ("throughput", "1/s", [change for change in ordered if change.measure == THROUGHPUT]),
    ]
    parts = [part for part in parts if part[2]]
    further = _further_table([change for change in ordered if change.is_reported and change.relative])
    shown = _shown_rows([part[2] for part in parts], room - _lines_of(further))
    return [
        ResultTable(name, name, [Row(_label(change), _cells(change, unit, limit)) for change in part], text_rows=rows,
                    text_columns=_TEXT_COLUMNS)
        for (name, unit, part), rows in zip(parts, shown)
    ] + [further]  # fmt: skip


def _lines_of(table: ResultTable) -> int:
    """The lines of a table with a limit in an answer as text."""
    shown = table.text_rows or 0
    return shown + _FRAME_LINES - (len(table.rows) <= shown) if shown else 0


def _further_table(reported: Sequence[MeasureChange]) -> ResultTable:
    """What a text has no room for beside the latencies: what the runs can show, and the change against the others."""
    rows = []
    for change in reported:
        cells = [cell for cell in _cells(change, "") if cell.name in _FURTHER_COLUMNS]
        rows.append(Row(f"{one_line(change.endpoint, MOST_NAME)} {change.measure}", cells))
    return ResultTable("changed_latencies", "changed latencies", rows, text_rows=min(len(rows), _MOST_FURTHER))


def _shown_rows(parts: Sequence[Sequence[MeasureChange]], room: int) -> list[int]:
    """How many rows of each table a text shows: of each one, then what is reported, then the rest of the latencies."""
    reported = [sum(change.is_reported for change in part) for part in parts]
    shown = [1] * len(parts)
    left = room - (_FRAME_LINES + 1) * len(parts)
    for index in range(len(parts) - 1, -1, -1):  # throughput is the first to go where there is no room
        if left < 0 and not reported[index]:
            shown[index] = 0
            left += _FRAME_LINES + 1
    by_size = sorted(range(len(parts)), key=lambda index: len(parts[index]))
    for most, order in (
        (reported, by_size),
        ([min(2, len(part)) for part in parts], by_size),
        ([len(part) for part in parts], by_size[::-1]),
    ):
        for index in order:
            more = max(0, min(left, most[index] - shown[index])) if shown[index] else 0
            shown[index] += more
            left -= more
    return shown


def _label(change: MeasureChange) -> str:
    name = one_line(change.endpoint, MOST_NAME)
    return name if change.measure in (FAILURES, THROUGHPUT) else f"{name} {change.measure}"


def _cells(change: MeasureChange, unit: str, limit: float | None = None) -> list[Result]:
    cells = [
        Result("baseline", change.baseline, unit),
        Result("candidate", change.candidate, unit),
        _change_cell("change", change.change, () if change.measure == FAILURES else both_ways(limit)),
        Result("p", change.change.adjusted, "probability"),
        Result("smallest_detectable", change.detectable, "ratio"),
    ]
    if change.relative is not None:
        cells += [
            _change_cell("against_others", change.relative),
            Result("p_against_others", change.relative.adjusted, "probability"),
        ]
    return cells


def _change_cell(name: str, change: Change, limits: Sequence[float] = ()) -> Result:
    return Result(name, change.value, "ratio", Interval(change.low, change.high, STATISTICAL, 0.95), limits)


def all_requests_table(runs: Runs, changes: Sequence[MeasureChange]) -> ResultTable:
    """Latencies of all requests, failed ones included, of the endpoints whose failures changed."""
    rows = []
    for endpoint in (one.endpoint for one in changes if one.measure == FAILURES and one.change.is_significant):
        for measure in dict.fromkeys(one.measure for one in changes if one.measure not in (FAILURES, THROUGHPUT)):
            levels = []
            for side in runs.values():
                figures = [run.figures[endpoint].all_latencies.get(measure) for run in side]
                known = [figure for figure in figures if figure]
                levels.append(sum(known) / len(known) if known and len(known) == len(figures) else None)
            if all(levels):
                cells = [Result(name, level, "s") for name, level in zip(runs, levels)]
                rows.append(Row(f"{one_line(endpoint, MOST_NAME)} {measure}", cells))
    return ResultTable("with_failed_requests", "with failed requests", rows, text_rows=0)


def successes_text(runs: Runs, changes: Sequence[MeasureChange]) -> str:
    """Which latency to read where failures changed; empty where none did."""
    rows = {row.label: row for row in all_requests_table(runs, changes).rows}
    texts: dict[str, str] = {}
    for change in changes:
        row = rows.get(_label(change))
        if row is None or change.endpoint in texts:
            continue
        ends = (change.baseline, change.candidate, *(float(cell.value or 0) for cell in row.results))
        before, after, failed_before, failed_after = (format_quantity(end, "s") for end in ends)
        name = f"{one_line(change.endpoint)} {change.measure}"
        texts[change.endpoint] = f"{name} {before} to {after}, with failed requests {failed_before} to {failed_after}"
    if not texts:
        return ""
    listed = "; ".join([*texts.values()][:_MOST_NAMED])
    reason = "Where failures changed, read the latency of successes, since failures may be fast"
    return f"{reason}: {listed} (with_failed_requests of --json)."


def run_warnings(runs: Runs, *, uses_throughput: bool) -> list[AnswerWarning]:
    """What may make the sides differ beside the release: the order of the runs, load, tools, and endpoints."""
    return [
        *_order(runs),
        *_loads(runs, uses_throughput=uses_throughput),
        *_tools(runs),
        *_endpoints(runs),
        *([] if all(run.has_steady_state for side in runs.values() for run in side) else [no_steady_state()]),
        *damage(runs),
    ]


def _order(runs: Runs) -> list[AnswerWarning]:
    order = order_of(*[[run.times for run in side] for side in runs.values()])
    if not order.is_known:
        message = "the files do not say when the runs were made: a change of the environment may look like the release"
        return [AnswerWarning("order_unknown", message, "make the runs of both sides in turn, on the same machines")]
    if order.overlap:
        message = "runs of both sides were made at the same time, so that they may have slowed each other down"
        return [AnswerWarning("runs_overlap", message, "make the runs one after the other")]
    if order.is_in_turn:
        return _first_side(order)
    apart = f", {pluralize(order.days_apart, 'day')} apart" if order.days_apart else ""
    message = (
        f"the runs were not made in turn (B baseline, C candidate: {order.sequence[:60]}{apart}): what changed in "
        "the environment meanwhile looks like a change of the release"
    )
    return [AnswerWarning("not_in_turn", message, "alternate the sides on the same machines")]


def _first_side(order: RunOrder) -> list[AnswerWarning]:
    """A warning for runs in turn where the order, or the time of the day, may still explain a change."""
    if not order.always_first and order.hours is None:
        return []
    names = {"B": "baseline", "C": "candidate"}
    parts = []
    if order.always_first:
        parts.append(f"the {names[order.always_first]} was made first in every pair ({order.sequence[:60]})")
    if order.hours is not None:
        first, second = (f"{int(hour):02d}:{int(hour % 1 * 60):02d}" for hour in order.hours)
        parts.append(f"the baseline always ran at about {first}, the candidate at about {second} UTC")
    message = "; ".join(parts) + ": the order or the time of the day may explain a change"
    return [AnswerWarning("same_side_first", message, "swap the order in every other pair: B C, C B, B C, C B")]


def order_text(runs: Runs) -> str:
    """Said for runs in turn without a warning; empty otherwise, since the warning has the order."""
    order = order_of(*[[run.times for run in side] for side in runs.values()])
    if not order.is_in_turn or order.overlap or order.always_first:
        return ""
    return f"The runs were made in turn, by the times in the files (B baseline, C candidate): {order.sequence[:60]}."


def _loads(runs: Runs, *, uses_throughput: bool) -> list[AnswerWarning]:
    rates = []
    for side in runs.values():
        throughputs = [run.figures[WHOLE].throughput for run in side]
        known = [rate for rate in throughputs if rate]
        if not known:
            return []
        rates.append(sum(known) / len(known))
    if abs(rates[1] / rates[0] - 1) <= _SAME_LOAD:
        return []
    message = (
        f"the loads of the sides differ: {format_quantity(rates[0], '1/s')} and {format_quantity(rates[1], '1/s')}; "
        "latency depends on the load"
    )
    fix = "test both sides with the same arrival rate"
    if uses_throughput:
        fix += ", unless the throughput of a closed model is what you compare"
    return [AnswerWarning("load_differs", message, fix)]


def _tools(runs: Runs) -> list[AnswerWarning]:
    """A warning where the tools differ: they start and stop the clock at different moments."""
    formats = sorted({run.format for side in runs.values() for run in side})
    if len(formats) < 2:
        return []
    message = f"the runs were measured by different tools ({', '.join(formats)}), which measure differently"
    return [AnswerWarning("tools_differ", message, "measure both sides with the same tool and script")]


def _endpoints(runs: Runs) -> list[AnswerWarning]:
    """A warning about endpoints that some runs lack, and that are not compared."""
    everywhere = [run for side in runs.values() for run in side]
    names = dict.fromkeys(name for run in everywhere for name in run.figures)
    partial = [name for name in names if not all(name in run.figures for run in everywhere)]
    others = [run.others for run in everywhere if run.others]
    if others:
        message = (
            f"{others[0]}, those with fewest requests, count only in the whole run; "
            f"{len(names) - len(partial) - 1} are compared by themselves"
        )
        fix = "give all requests of one kind the same name, without ids and query strings, in the test"
        return [AnswerWarning("many_endpoints", message, fix)]
    if not partial:
        return []
    listed = ", ".join(one_line(name, 40) for name in partial[:5]) + (", .." if len(partial) > 5 else "")
    message = f"{pluralize(len(partial), 'endpoint')} missing from some runs and not compared: {listed}"
    return [AnswerWarning("endpoints_differ", message, "use the same script on both sides, or rename the endpoints")]


def damage(runs: Runs) -> list[AnswerWarning]:
    """Warnings about files with lines that cannot be read, or with several runs."""
    return damage_warnings([run for side in runs.values() for run in side])


def assumptions(runs: Runs, tests: int) -> list[str]:
    """What the comparison rests on."""
    correction = (
        f"p is corrected for all {tests} tests (Holm): at most 5 % of comparisons of unchanged releases show a "
    )
    correction += "change. Intervals are 95 % each. smallest_detectable shows in 80 of 100 comparisons, all tests "
    correction += "considered."
    texts = [
        "Each run counts as one figure for each endpoint and measure. Latencies are of successful requests.",
        correction,
    ]
    order = order_text(runs)
    if order:
        texts.append(order)
    return [*texts, *files_text(runs)]


def files_text(runs: Runs) -> list[str]:
    """What was read for each side."""
    sides = []
    for side, records in runs.items():
        if any(run.path for run in records):
            formats = ", ".join(sorted({run.format for run in records}))
            sides.append(f"{side}: {pluralize(len(records), 'file')} of {formats}")
    texts = ["; ".join(sides) + "."] if sides else []
    cuts = {run.warm_up_seconds for side in runs.values() for run in side if run.path}
    if any(cuts):
        longest = format_quantity(max(cuts), "s")
        texts.append(
            f"Warm-up: the first {longest} of each run are left out of latency and throughput; their failures count."
        )
    texts += reader_notes([run for side in runs.values() for run in side])
    return texts


def single_run_table(runs: Runs, measures: Sequence[str], room: int) -> ResultTable:
    """The latencies of every endpoint where each side has one run, without any test; `room` as of `change_tables`."""
    before, after = (side[0].figures for side in runs.values())
    rows = []
    for endpoint in (name for name in before if name in after):
        for measure in measures:
            values = [figures[endpoint].latencies.get(measure) for figures in (before, after)]
            if values[0] and values[1]:
                cells = [Result(side, value, "s") for side, value in zip(runs, values)]
                change = Result("change", values[1] / values[0] - 1, "ratio")
                rows.append(Row(f"{one_line(endpoint, MOST_NAME)} {measure}", [*cells, change]))
    return ResultTable("runs", "runs", rows, text_rows=max(1, room - _FRAME_LINES))

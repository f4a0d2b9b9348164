"""A load-test run as an HTML page: figures, charts over time, distribution, failures and endpoints."""

from __future__ import annotations

import os
from collections.abc import Sequence

from acolytes_perf.declare import Answer
from acolytes_perf.outcome import Number, Result, ResultTable, Row
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.html_charts import RangeBar, chart, range_chart
from acolytes_perf.outputs.html_page import (
    Cell,
    bullets,
    cards,
    folded,
    page,
    paragraph,
    section,
    table,
    terms,
    warning_box,
)
from acolytes_perf.outputs.plot import Axis, Shape
from acolytes_perf.wording import format_interval, format_quantity

#: Rows of the page's longest table; JSON has all.
MOST_ROWS = 200
#: Bars of the chart of endpoints.
MOST_BARS = 20


def draw(answer: Answer) -> str:
    """Write the page of an answer of `results summarize`."""
    outcome = answer.outcome
    tables = {table.name: table for table in outcome.tables if table.rows}
    parts = [
        cards([(_words(result.name), _cell(result)) for result in outcome.results]),
        warning_box([(warning.message, warning.fix) for warning in outcome.warnings]),
        *_runs(tables),
        *_over_time(tables, _warm_up(answer)),
        *_latency(tables),
        *_failures(tables),
        *_endpoints(tables),
        *_plain(tables, "gaps", "Gaps", "Times without any request."),
        section("How the figures were computed", bullets([*outcome.assumptions, f"Source: {answer.command.source}."])),
        _terms(answer, tables),
    ]
    return page(_title(answer), outcome.answer, parts, mark(answer))


def _title(answer: Answer) -> str:
    files = answer.inputs.texts("file")
    if not files:
        return "Load test: counted latencies"
    rest = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return f"Load test: {os.path.basename(files[0]) or files[0]}{rest}"


def _warm_up(answer: Answer) -> list[Shape]:
    """A line where the warm-up ends."""
    ends = [float(result.value or 0) for result in answer.outcome.results if result.name == "warm_up"]
    return [Shape("up", "end of the warm-up", [(end,)]) for end in ends]


def _over_time(tables: dict[str, ResultTable], marks: list[Shape]) -> list[str]:
    series = tables.get("time_series")
    if not series:
        return []
    lines = [Shape("line", name, _points(series, name)) for name in ("p50", "p95", "p99")]
    lines = [line for line in lines if any(line.points)]
    values = folded("Table of these values", _table(series, "The run over time"), is_printed=False)
    parts = []
    if lines:
        about = "Half of the requests, 95 % and 99 % of them took no longer than the line shows at that time."
        figure = chart("latency-time", "Latency over time", about, _TIME, Axis("latency", "s"), [*lines, *marks])
        parts.append(section("Latency over time", figure, values))
        values = ""
    rates = [
        Shape("line", "requests", _points(series, "throughput")),
        Shape("line", "failures", _points(series, "failure_rate")),
    ]
    about = "Requests per second, and those of them that failed."
    figure = chart("throughput-time", "Throughput and failures", about, _TIME, Axis("per second", "1/s"),
                   [line for line in [*rates, *marks] if any(line.points)])  # fmt: skip
    return [*parts, section("Throughput and failures", figure, values)]


_TIME = Axis("time since the start", "s")


def _points(series: ResultTable, name: str) -> list[tuple[float, ...]]:
    """The values at the middle of each interval. An interval without one interrupts the line."""
    points: list[tuple[float, ...]] = []
    for row in series.rows:
        start, width, value = _value(row, "start"), _value(row, "length"), _value(row, name)
        at = (start or 0) + (width or 0) / 2
        points.append(() if value is None else (at, float(value)))
    return points


def _latency(tables: dict[str, ResultTable]) -> list[str]:
    parts = []
    spread = tables.get("distribution")
    if spread and len(spread.rows) > 1:
        outline: list[tuple[float, ...]] = []
        for row in spread.rows:
            high, count = float(_value(row, "to") or 0), float(_value(row, "requests") or 0)
            # the first step starts at 0, which a logarithmic axis does not have
            low = float(_value(row, "from") or 0) or high * 0.8
            outline += [*([] if outline else [(low, 0.0)]), (low, count), (high, count)]
        outline.append((outline[-1][0], 0.0))
        about = "How many requests took how long. The steps to the right grow with the latency."
        area = Shape("band", "", [(x, 0.0, y) for x, y in outline])
        figure = chart("distribution", "Distribution of the latency", about, Axis("latency", "s", log=True),
                       Axis("requests"), [area, Shape("line", "", outline)])  # fmt: skip
        parts += [figure, folded("Table of these values", _table(spread, "Requests by latency"), is_printed=False)]
    if "percentiles" in tables:
        parts.append(_table(tables["percentiles"], "Each share of the requests took no longer than this."))
    return [section("Distribution of the latency", *parts)] if parts else []


def _failures(tables: dict[str, ResultTable]) -> list[str]:
    return _plain(tables, "failures", "Failures", "Failed requests by code and message.")


def _endpoints(tables: dict[str, ResultTable]) -> list[str]:
    endpoints = tables.get("endpoints")
    if not endpoints:
        return []
    bars = []
    for row in endpoints.rows[:MOST_BARS]:
        low, middle, high = (_value(row, name) for name in ("p50", "p95", "p99"))
        if low and middle and high:
            bars.append(RangeBar(row.label, float(low), float(middle), float(high)))
    parts = []
    if bars:
        about = "Each bar goes from the median (p50) to p99; the line between them is p95. Most requests first."
        parts.append(range_chart("endpoints", "Latency of the endpoints", about, "s", bars))
    return [section("Endpoints", *parts, _table(endpoints, "Endpoints, most requests first"))]


def _runs(tables: dict[str, ResultTable]) -> list[str]:
    return _plain(tables, "runs", "Runs", "A row for each run, in order of time.")


def _plain(tables: dict[str, ResultTable], name: str, heading: str, caption: str) -> list[str]:
    return [section(heading, _table(tables[name], caption))] if name in tables else []


def _table(content: ResultTable, caption: str) -> str:
    columns = [column.name for column in content.columns]
    rows = [(row.label, [_cell_of(row, name) for name in columns]) for row in content.rows[:MOST_ROWS]]
    text = table(caption, [content.heading.capitalize(), *map(_words, columns)], rows)
    left = len(content.rows) - MOST_ROWS
    return text if left <= 0 else text + paragraph(f"{left} more rows are left out here. The JSON answer has them all.")


def _cell_of(row: Row, name: str) -> Cell:
    return next((_cell(result) for result in row.results if result.name == name), Cell(""))


def _cell(result: Result) -> Cell:
    # the unit of a count that says the same as its name is left out
    unit = "" if result.unit == result.name.split("_")[-1] else result.unit
    text, about = format_quantity(result.value, unit), result.interval
    if about is None:
        return Cell(text)
    return Cell(text, format_interval(about.low, about.high, result.unit, about.kind, about.level))


def _value(row: Row, name: str) -> Number:
    return next((result.value for result in row.results if result.name == name), None)


def _words(name: str) -> str:
    text = name.replace("_", " ")
    return text if text[:1] == "p" and text[1:2].isdigit() else text.capitalize()


def _terms(answer: Answer, tables: dict[str, ResultTable]) -> str:
    """What the names of this page mean."""
    command, explained = answer.command, {}
    for result in answer.outcome.results:
        explained[_words(result.name)] = command.results.get(result.name, "")
    for name, content in tables.items():
        for column in content.columns:
            explained.setdefault(_words(column.name), command.tables.get(name, {}).get(column.name, ""))
    pairs: Sequence[tuple[str, str]] = [(name, text) for name, text in sorted(explained.items()) if text]
    return section("What the names mean", folded("Show all names", terms(pairs)))

"""The chart of an answer: which of its tables is drawn, and how."""

from __future__ import annotations

from typing import NamedTuple

from acolytes_perf.outcome import Result, ResultTable, Row
from acolytes_perf.outputs.answer_files import SavedAnswer
from acolytes_perf.outputs.html_charts import Bar, bar_chart, chart
from acolytes_perf.outputs.plot import Axis, Shape
from acolytes_perf.reports.labels import label_of
from acolytes_perf.wording import format_result, words

#: Bars of one chart.
MOST_BARS = 8


class _Lines(NamedTuple):
    """A chart of lines or points over a column that grows."""

    table: str
    x: str
    lines: tuple[str, ...]
    points: tuple[str, ...]
    title: str
    about: str


class _Bars(NamedTuple):
    """A chart of bars, one for each row; the first column that the table has.

    `limit` is a value with its name. `note` is a column, a value of it, and what the rows with that value are called.
    """

    table: str
    columns: tuple[str, ...]
    title: str
    about: str
    limit: tuple[float, str] | None = None
    note: tuple[str, bool, str] | None = None


_FORMS: dict[str, _Lines | _Bars] = {
    "usl fit": _Lines("points", "size", ("fitted",), ("measured",), "Throughput by size",
                      "Points are measured. The line is the fitted model."),
    "forecast event": _Bars("sizes", ("survival",), "Chance to survive by size",
                            "The chance that the peak of the event stays below the capacity of each size."),
    "slo report": _Bars("objectives", ("used", "used_by_time"), "Error budget used",
                        "The share of each error budget that the window has used.", (1.0, "whole budget")),
    "results summarize": _Bars("percentiles", ("successes", "latency"), "Response time by percentile",
                               "The given share of the requests took no longer than this."),
    "cost compare": _Bars("suppliers", ("total",), "Total cost by supplier", "Over all months of the comparison.",
                           note=("keeps_slo", False, "misses the SLO")),
    "cost frontier": _Bars("options", ("cost",), "Cost by option", "The cost of each option."),
    "cost per-request": _Bars("levels", ("per_million",), "Cost of a million requests by load",
                              "The cost of a million successful requests at each load."),
    "roadmap rank": _Bars("measures", ("npv",), "Net present value by measure", "The mean over all draws.",
                           note=("chosen", True, "chosen")),
    "queue mmc": _Bars("percentiles", ("response", "wait"), "Response time by percentile",
                       "The given share of the requests takes no longer than this."),
}  # fmt: skip


def answer_chart(answer: SavedAnswer, key: str) -> str | None:
    """The chart that belongs to the answer of a command; None without one."""
    form = _FORMS.get(answer.command)
    table = form and _table(answer, form.table)
    if form is None or table is None:
        return None
    if isinstance(form, _Bars):
        return _bars(table, form, key)
    return _lines(table, form, key)


def any_chart(answer: SavedAnswer, key: str) -> tuple[str, str] | None:
    """Title and drawing of the command's chart, else of the first table with something to compare."""
    title, bars = charted(answer)
    drawn = answer_chart(answer, key)
    if drawn:
        return _FORMS[answer.command].title, drawn
    return (title, bar_chart(key, title, f"From the answer of {answer.command}.", bars)) if bars else None


def charted(answer: SavedAnswer) -> tuple[str, list[Bar]]:
    """The title and the bars that show an answer best: those of its command, else of its first table that has any."""
    form = _FORMS.get(answer.command)
    table = form and _table(answer, form.table)
    if form and table:
        columns = form.columns if isinstance(form, _Bars) else (form.points or form.lines)
        note = form.note if isinstance(form, _Bars) else None
        bars = next((bars for name in columns if (bars := _bars_of(table, name, note))), [])
        if bars:
            return form.title, bars
    for table in answer.outcome.tables:
        for column in table.columns:
            bars = _bars_of(table, column.name)
            if len(bars) > 1:
                title = f"{label_of(answer.command, column.name, table.name)}, by {table.heading}"
                return title[:1].upper() + title[1:], bars
    return "", []


def _table(answer: SavedAnswer, name: str) -> ResultTable | None:
    return next((table for table in answer.outcome.tables if table.name == name and table.rows), None)


def _number(row: Row, column: str) -> Result | None:
    found = next((result for result in row.results if result.name == column), None)
    return None if found is None or found.value is None or isinstance(found.value, bool) else found


def _bar_label(table: ResultTable, row: Row, note: tuple[str, bool, str] | None) -> str:
    label = f"{table.heading} {row.label}" if row.label.isdigit() else row.label
    if note and any(result.name == note[0] and result.value is note[1] for result in row.results):
        label += f" ({note[2]})"
    return label


def _bars_of(table: ResultTable, column: str, note: tuple[str, bool, str] | None = None) -> list[Bar]:
    """The first bars of a column; empty where a value is below 0."""
    pairs = [(_bar_label(table, row, note), result) for row in table.rows if (result := _number(row, column))]
    bars = [Bar(label, float(one.value or 0), format_result(one)) for label, one in pairs]
    return [] if any(bar.value < 0 for bar in bars) else bars[:MOST_BARS]


def _bars(table: ResultTable, form: _Bars, key: str) -> str | None:
    bars = next((bars for name in form.columns if (bars := _bars_of(table, name, form.note))), [])
    if not bars:
        return None
    rest = f" The first {MOST_BARS} of {len(table.rows)} rows." if len(table.rows) > MOST_BARS else ""
    return bar_chart(key, form.title, form.about + rest, bars, form.limit)


def _lines(table: ResultTable, form: _Lines, key: str) -> str | None:
    def points(column: str) -> list[tuple[float, ...]]:
        pairs = [(_number(row, form.x), _number(row, column)) for row in table.rows]
        return sorted((float(x.value or 0), float(y.value or 0)) for x, y in pairs if x and y)

    shapes = [Shape("line", words(name), points(name)) for name in form.lines]
    shapes += [Shape("points", words(name), points(name)) for name in form.points]
    shapes = [shape for shape in shapes if shape.points]
    if not shapes:
        return None
    units = {column.name: column.unit for column in table.columns}
    first = (form.lines or form.points)[0]
    x, y = Axis(words(form.x), units.get(form.x, "")), Axis(words(first), units.get(first, ""))
    return chart(key, form.title, form.about, x, y, shapes)

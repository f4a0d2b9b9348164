"""An answer as text, Markdown or JSON. Every form carries the mark that `output_file` looks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from acolytes_perf.declare import Answer
from acolytes_perf.outcome import AnswerWarning, Result, ResultTable, Row
from acolytes_perf.outputs.command_line import call
from acolytes_perf.outputs.document import document, json_text, mark
from acolytes_perf.wording import format_interval, format_result, format_short_percent

#: The most lines of an answer as text, beside those of tables that have a limit of their own.
MOST_LINES = 40
#: So many warnings are shown before figures.
_SHOWN_WARNINGS = 5
#: The most characters of a table's line, where the table can be turned round to fit.
MOST_WIDTH = 96

#: In a table with a limit of its own, labels are cut in the middle where a line would have more than MOST_WIDTH
#: characters, but they keep so many.
LEAST_LABEL = 32

#: A table as lines of cells, the heading first.
Lines = list[list[str]]


def as_json(answer: Answer) -> str:
    """The answer as a JSON document."""
    return json_text(document(answer))


def groups(answer: Answer) -> list[Lines]:
    """The results and each table. Tables with `beside_results` are columns beside the results."""
    results = answer.outcome.results
    tables = [table for table in answer.outcome.tables if table.rows and table.text_rows != 0]
    cases = [row for table in tables if table.beside_results for row in table.rows]
    lines = [["", "value", *(case.label for case in cases)]]
    lines += [[result.name, _cell(result), *(_cell_of(case, result.name) for case in cases)] for result in results]
    return [lines] * bool(results) + [_lines(table) for table in tables if not table.beside_results]


def _lines(table: ResultTable) -> Lines:
    """The lines of a table. One that is too wide and has fewer rows than columns is turned round.

    A table with a limit has only so many rows, and a last line that counts the others.
    """
    names = [column.name for column in table.columns]
    if table.text_rows is not None:
        names = [name for name in names if name in (table.text_columns or names)]
        rows, left = table.rows[: table.text_rows], len(table.rows) - table.text_rows
        cells = [[_short_cell_of(row, name) for name in names] for row in rows]
        beside = sum(width + 2 for width in _widths([names, *cells])) if names else 0
        labels = [_shortened(row.label, max(LEAST_LABEL, MOST_WIDTH - 2 - beside)) for row in rows]
        lines = [[table.heading, *names], *([label, *line] for label, line in zip(labels, cells))]
        return [*lines, [f"and {left} {table.others}, see --json", *("" for _ in names)]] if left > 0 else lines
    lines = [[table.heading, *names]]
    lines += [[row.label, *(_cell_of(row, name) for name in names)] for row in table.rows]
    is_wide = sum(_widths(lines)) + 2 * len(lines[0]) > MOST_WIDTH
    return [list(line) for line in zip(*lines)] if is_wide and len(lines) < len(lines[0]) else lines


def _cell_of(row: Row, name: str) -> str:
    return next((_cell(result) for result in row.results if result.name == name), "")


def _cell(result: Result) -> str:
    value = format_result(result)
    if result.interval is None:
        return value
    low, high, kind, level = result.interval
    return f"{value} ({format_interval(low, high, result.unit, kind, level, result.limits)})"


def _short_cell_of(row: Row, name: str) -> str:
    """A cell of a table with a limit: shares with an interval have three digits, and the level is left out."""
    result = next((result for result in row.results if result.name == name), None)
    if result is None:
        return ""
    about = result.interval
    if about is None or about.high is None or result.unit != "ratio" or result.value is None:
        return _cell(result)
    value, low, high = (format_short_percent(end, result.limits) for end in (result.value, about.low, about.high))
    return f"{value} % ({low} to {high} %)"


def _widths(lines: Lines) -> list[int]:
    return [max(len(line[index]) for line in lines) for index in range(len(lines[0]))]


def warning_lines(answer: Answer, word: str = "warning") -> list[str]:
    """Each warning as one line that starts with the word."""
    return [f"{word} [{code}]: {message}; fix: {fix}" for code, message, fix in answer.outcome.warnings]


def as_text(answer: Answer) -> str:
    """The answer first, then the figures, the warnings, and what the answer rests on: at most 40 lines."""
    outcome = answer.outcome
    rest = [f"assumes: {text}" for text in outcome.assumptions]
    rest += [f"source: {answer.command.source}"]
    rest += [f"next: {call(name, inputs)}" for name, inputs in outcome.next_calls]
    rest.append(mark(answer))
    warnings = warning_lines(answer)
    room = MOST_LINES - 3 - len(rest)  # without the answer and the two empty lines
    figures = _fitted(
        _figures(answer), room - min(len(warnings), _SHOWN_WARNINGS), "  and {} more lines; --json has them all"
    )
    warnings = _fitted(warnings, room - len(figures), "warning: and {} more warnings; --json has them all")
    return "\n".join([outcome.answer, "", *figures, *_limited_tables(answer), "", *warnings, *rest]) + "\n"


def room_for_tables(results: Sequence[Result], warnings: Sequence[AnswerWarning], assumptions: Sequence[str]) -> int:
    """How many lines of an answer as text are left for its tables; warnings that do not fit are counted there."""
    lines_around = 5  # the answer, two empty lines, the source, and the mark
    return max(0, MOST_LINES - lines_around - len(results) - len(warnings) - len(assumptions))


def _limited_tables(answer: Answer) -> list[str]:
    """The tables that limit their rows in a text, each after an empty line."""
    tables = [table for table in answer.outcome.tables if table.text_rows and table.rows]
    return [line for table in tables for line in ("", *_padded(_lines(table)))]


def _shortened(label: str, most: int) -> str:
    """A label from a file on one line, cut in the middle where it is too long."""
    text = "".join(sign if sign.isprintable() else " " for sign in label)
    half = (most - 3) // 2
    return text if len(text) <= most else f"{text[: most - 3 - half]}...{text[-half:]}"


def _padded(lines: Lines) -> list[str]:
    widths = _widths(lines)
    return ["  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]


def _figures(answer: Answer) -> list[str]:
    """The groups as columns of text, with an empty line between them. A list of results needs no heading."""
    text: list[str] = []
    tables = [table for table in answer.outcome.tables if table.text_rows is None]
    for lines in groups(answer._replace(outcome=answer.outcome._replace(tables=tables))):
        padded = _padded(lines)
        is_list = not lines[0][0] and len(lines[0]) == 2
        text += [*([""] if text else []), *(padded[1:] if is_list else padded)]
    return text


def _fitted(lines: list[str], room: int, rest: str) -> list[str]:
    """The lines, or as many as there is room for and one that counts the others."""
    return lines if len(lines) <= room else [*lines[: room - 1], rest.format(len(lines) - room + 1)]


def as_markdown(answer: Answer) -> str:
    """The same as a section of a report."""
    outcome, command = answer.outcome, answer.command
    lines = [f"**{outcome.answer}**", ""]
    for heading, *rows in groups(answer):
        lines += [_markdown_row(heading), _markdown_row(["---"] * len(heading)), *map(_markdown_row, rows), ""]
    lines += [f"- Warning `{code}`: {message}. Fix: {fix}." for code, message, fix in outcome.warnings]
    lines += [f"- Assumed: {text}" for text in outcome.assumptions]
    lines += [f"- Method: {command.formula}.", f"- Source: {command.source}."]
    return "\n".join([*lines, "", f"<!-- {mark(answer)} -->"]) + "\n"


def _markdown_row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


RENDERERS: Mapping[str, Callable[[Answer], str]] = {"text": as_text, "markdown": as_markdown, "json": as_json}

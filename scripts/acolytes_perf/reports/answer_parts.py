"""Parts of a page about one answer: its figures, each with a link to where it comes from, and that origin."""

from __future__ import annotations

import json
from collections.abc import Iterator

from acolytes_perf.outcome import Result, ResultTable
from acolytes_perf.outputs.answer_files import SavedAnswer
from acolytes_perf.outputs.command_line import call
from acolytes_perf.outputs.html_page import Cell, bullets, section, table, terms
from acolytes_perf.reports.labels import label_of
from acolytes_perf.wording import format_interval, format_result, words

#: A longer call is not shown; its inputs are.
_LONGEST_CALL = 600


def key_of(answer: SavedAnswer) -> str:
    """The key of the part that says where an answer comes from."""
    return f"answer-{answer.id}"


def cell(result: Result, target: str) -> Cell:
    """A figure that leads to its origin, with its interval below it."""
    value = format_result(result)
    if result.interval is None:
        return Cell(value, target=target)
    low, high, kind, level = result.interval
    return Cell(value, format_interval(low, high, result.unit, kind, level, result.limits), target)


def figures(answer: SavedAnswer) -> list[tuple[str, Cell]]:
    """The single figures of an answer by label."""
    return [(label_of(answer.command, result.name), cell(result, key_of(answer))) for result in answer.outcome.results]


def answer_table(answer: SavedAnswer, about: ResultTable, most: int) -> str:
    """A table of an answer, at most so many of its rows."""
    columns = about.columns
    rows = []
    for row in about.rows[:most]:
        by_name = {result.name: cell(result, key_of(answer)) for result in row.results}
        rows.append((row.label, [by_name.get(column.name, Cell("")) for column in columns]))
    rest = f" ({most} of {len(about.rows)} rows)" if len(about.rows) > most else ""
    caption = f"{words(about.name)}, of {answer.command} {answer.id}{rest}"
    return table(caption, [about.heading, *(words(column.name) for column in columns)], rows)


def origin(answer: SavedAnswer) -> str:
    """Where the figures of an answer come from: call, inputs, method, source and assumptions."""
    outcome = answer.outcome
    explained = [("Command", _call(answer)), *_inputs(answer), ("Method", str(answer.method["formula"]))]
    explained.append(("Source of the method", str(answer.method["source"])))
    references = answer.method.get("references")
    if isinstance(references, list) and references:
        explained.append(("Published figures that it reproduces", ", ".join(map(str, references))))
    explained.append(("File", f"{answer.path} (version {answer.version})"))
    if answer.is_edited:
        explained.append(("Edited", "the file was changed after it was written: do not rely on it"))
    parts = [terms(explained)]
    if outcome.assumptions:
        parts.append(bullets([f"Assumed: {text}" for text in outcome.assumptions]))
    return section(f"{answer.command}, id {answer.id}", *parts, key=key_of(answer), level=3)


def _call(answer: SavedAnswer) -> str:
    written = call(answer.command, answer.inputs)
    return written if len(written) <= _LONGEST_CALL else f"acolytes-perf {answer.command}, with the inputs of the file"


def _inputs(answer: SavedAnswer) -> Iterator[tuple[str, str]]:
    """The inputs in words, where the call is too long to be shown."""
    if len(call(answer.command, answer.inputs)) <= _LONGEST_CALL:
        return
    for name, value in answer.inputs.items():
        text = value if isinstance(value, str) else json.dumps(value)
        yield f"Input {words(name)}", text if len(text) <= _LONGEST_CALL else f"{text[: _LONGEST_CALL - 3]}..."

"""The output object as text, Markdown or JSON. Every rendering carries the mark that `output_file` knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from acolytes_perf.wording import format_interval, format_quantity

Document = Mapping[str, Any]

#: Of a text on the screen.
MOST_LINES = 40


def mark(document: Document) -> str:
    """One line that says which calculation this is."""
    return f"{document['schema']} {document['command']}, id {document['id']}, version {document['version']}"


def as_json(document: Document) -> str:
    """JSON with one result a line."""
    return "{\n" + ",\n".join(f"  {_dumped(key)}: {_member(value)}" for key, value in document.items()) + "\n}\n"


def _member(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return _dumped(value)
    return "[\n    " + ",\n    ".join(_dumped(item) for item in value) + "\n  ]"


def _dumped(value: Any) -> str:
    return json.dumps(value, allow_nan=False)


def table(document: Document) -> list[list[str]]:
    """Results as rows: the name's last part leads, its first part picks the column. The first row is the heading."""
    columns: list[str] = []
    rows: dict[str, dict[str, str]] = {}
    for result in document["results"]:
        column, _, name = result["name"].rpartition(".")
        if column not in columns:
            columns.append(column)
        rows.setdefault(name, {})[column] = _cell(result)
    heading = ["", *(column or "value" for column in columns)]
    return [heading, *([name, *(cells.get(column, "") for column in columns)] for name, cells in rows.items())]


def _cell(result: Mapping[str, Any]) -> str:
    value, unit = format_quantity(result["value"], result["unit"]), result["unit"]
    if result["ci"] is None:
        return value
    low, high = result["ci"]
    return f"{value} ({format_interval(low, high, unit, result['ci_kind'], result['level'])})"


def warnings_of(document: Document, word: str = "warning") -> list[str]:
    """Each warning as one line that starts with the word."""
    return [f"{word} [{one['code']}]: {one['message']}; fix: {one['fix']}" for one in document["warnings"]]


def as_text(document: Document) -> str:
    """The answer first, then the numbers, what they rest on, and what to do next; at most 40 lines."""
    rows = table(document)
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    padded = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    rest = [f"assumes: {text}" for text in document["assumptions"]]
    rest += [f"source: {document['method']['source']}"]
    rest += [f"next: {call}" for call in document["next"]]
    rest.append(mark(document))
    warnings = warnings_of(document)
    room = MOST_LINES - 3 - len(rest)  # without the answer and the two empty lines
    figures = [f"  {line}" for line in (padded if len(rows[0]) > 2 else padded[1:])]
    figures = _fitted(figures, room - min(len(warnings), 3), "  and {} more; --json has them all")
    warnings = _fitted(warnings, room - len(figures), "warning: and {} more like these; --json has them all")
    return "\n".join([document["answer"], "", *figures, "", *warnings, *rest]) + "\n"


def _fitted(lines: list[str], room: int, rest: str) -> list[str]:
    """The lines, or as many as there is room for and one that counts the others."""
    return lines if len(lines) <= room else [*lines[: room - 1], rest.format(len(lines) - room + 1)]


def as_markdown(document: Document) -> str:
    """The same as a section of a report."""
    heading, *rows = table(document)
    lines = [f"**{document['answer']}**", "", _row(heading), _row(["---"] * len(heading)), *map(_row, rows), ""]
    lines += [f"- Warning `{one['code']}`: {one['message']}. Fix: {one['fix']}." for one in document["warnings"]]
    lines += [f"- Assumed: {text}" for text in document["assumptions"]]
    lines += [f"- Method: {document['method']['formula']}.", f"- Source: {document['method']['source']}."]
    return "\n".join([*lines, "", f"<!-- {mark(document)} -->"]) + "\n"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


RENDERERS = {"text": as_text, "markdown": as_markdown, "json": as_json}

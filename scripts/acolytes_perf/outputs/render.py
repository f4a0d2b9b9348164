"""The answer's document as text, Markdown or JSON. Every rendering carries the mark that `output_file` looks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from acolytes_perf.wording import format_interval, format_quantity

Document = Mapping[str, Any]

#: The most lines of an answer as text.
MOST_LINES = 40
#: The most characters of a table's line, where the table can be turned round to fit.
MOST_WIDTH = 96

Lines = list[list[str]]


def mark(document: Document) -> str:
    """Make the line that names the calculation: schema, command, id and version."""
    return f"{document['schema']} {document['command']}, id {document['id']}, version {document['version']}"


def as_json(document: Document) -> str:
    """JSON with one result or row a line."""
    return "{\n" + ",\n".join(f"  {_dumped(key)}: {_member(value)}" for key, value in document.items()) + "\n}\n"


def _member(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return _dumped(value)
    return "[\n    " + ",\n    ".join(_item(item) for item in value) + "\n  ]"


def _item(item: Any) -> str:
    """One item of a list on a line of its own, or of a table each row."""
    if not isinstance(item, dict) or "rows" not in item:
        return _dumped(item)
    head = ", ".join(f"{_dumped(key)}: {_dumped(value)}" for key, value in item.items() if key != "rows")
    rows = ",\n      ".join(_dumped(row) for row in item["rows"])
    return f'{{{head}, "rows": [\n      {rows}\n    ]}}'


def _dumped(value: Any) -> str:
    return json.dumps(value, allow_nan=False)


def groups(document: Document) -> list[Lines]:
    """The results and each table as lines of cells, the heading first. Other cases of the results stand beside them."""
    results, tables = document["results"], document["tables"]
    rows = [row for table in tables if table["beside_results"] for row in table["rows"]]
    lines = [["", "value", *(row["label"] for row in rows)]]
    for result in results:
        name, unit = result["name"], result["unit"]
        lines.append([name, _cell(result, unit), *(_cell_of(row, name, unit) for row in rows)])
    return [lines] * bool(results) + [_lines(table) for table in tables if not table["beside_results"]]


def _lines(table: Mapping[str, Any]) -> Lines:
    """A table as lines of cells, turned round where it is too wide and there are fewer rows than columns."""
    lines = [[table["heading"], *(column["name"] for column in table["columns"])]]
    for row in table["rows"]:
        cells = (_cell_of(row, column["name"], column["unit"]) for column in table["columns"])
        lines.append([row["label"], *cells])
    is_wide = sum(_widths(lines)) + 2 * len(lines[0]) > MOST_WIDTH
    return [list(line) for line in zip(*lines)] if is_wide and len(lines) < len(lines[0]) else lines


def _cell_of(row: Mapping[str, Any], name: str, unit: str) -> str:
    return _cell(row["cells"][name], unit) if name in row["cells"] else ""


def _cell(cell: Mapping[str, Any], unit: str) -> str:
    value = format_quantity(cell["value"], unit)
    if cell["ci"] is None:
        return value
    low, high = cell["ci"]
    return f"{value} ({format_interval(low, high, unit, cell['ci_kind'], cell['level'])})"


def _widths(lines: Lines) -> list[int]:
    return [max(len(line[index]) for line in lines) for index in range(len(lines[0]))]


def warnings_of(document: Document, word: str = "warning") -> list[str]:
    """Each warning as one line that starts with the word."""
    return [f"{word} [{one['code']}]: {one['message']}; fix: {one['fix']}" for one in document["warnings"]]


def as_text(document: Document) -> str:
    """The answer first, then the figures, the warnings, and what the answer rests on: at most 40 lines."""
    rest = [f"assumes: {text}" for text in document["assumptions"]]
    rest += [f"source: {document['method']['source']}"]
    rest += [f"next: {call}" for call in document["next"]]
    rest.append(mark(document))
    warnings = warnings_of(document)
    room = MOST_LINES - 3 - len(rest)  # without the answer and the two empty lines
    figures = _fitted(_figures(document), room - min(len(warnings), 3), "  and {} more lines; --json has them all")
    warnings = _fitted(warnings, room - len(figures), "warning: and {} more like these; --json has them all")
    return "\n".join([document["answer"], "", *figures, "", *warnings, *rest]) + "\n"


def _figures(document: Document) -> list[str]:
    """The groups as columns of text, with an empty line between them. A list of results needs no heading."""
    text: list[str] = []
    for lines in groups(document):
        widths = _widths(lines)
        padded = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
        is_list = not lines[0][0] and len(widths) == 2
        text += [*([""] if text else []), *(f"  {line}" for line in (padded[1:] if is_list else padded))]
    return text


def _fitted(lines: list[str], room: int, rest: str) -> list[str]:
    """The lines, or as many as there is room for and one that counts the others."""
    return lines if len(lines) <= room else [*lines[: room - 1], rest.format(len(lines) - room + 1)]


def as_markdown(document: Document) -> str:
    """The same as a section of a report."""
    lines = [f"**{document['answer']}**", ""]
    for heading, *rows in groups(document):
        lines += [_row(heading), _row(["---"] * len(heading)), *map(_row, rows), ""]
    lines += [f"- Warning `{one['code']}`: {one['message']}. Fix: {one['fix']}." for one in document["warnings"]]
    lines += [f"- Assumed: {text}" for text in document["assumptions"]]
    lines += [f"- Method: {document['method']['formula']}.", f"- Source: {document['method']['source']}."]
    return "\n".join([*lines, "", f"<!-- {mark(document)} -->"]) + "\n"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


RENDERERS = {"text": as_text, "markdown": as_markdown, "json": as_json}

"""The file of a plan: Markdown as the skill prequest writes it, with some fields, and a table with a row for each turn.

Every mistake names its line and column, so that a person or an agent can go there.
"""

from __future__ import annotations

import re

from . import checks
from .errors import RefusalError

COLUMNS = ("Turn", "Phase", "Agent", "After", "Review", "Files", "Task", "Done when")
_FIELDS = ("Mission", "Mode", "Phases")
_FIELD = re.compile(r"([A-Z][a-z]+): *(.*?) *$")
_CELL = re.compile(r"((?:[^|\\]|\\.)*)\|")
_RULE = re.compile(r":?-+:?")


class Cell:
    """A value of the plan with its place. `text` has no space around it."""

    __slots__ = ("column", "line", "text")

    def __init__(self, text: str, line: int, column: int) -> None:
        self.text = text
        self.line = line
        self.column = column


class PlanFile:
    """The parts of the file. `header` is where the table begins; a row has a cell for each column."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self.fields: dict[str, Cell] = {}
        lines = text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
        start = next((number for number, line in enumerate(lines) if line.lstrip().startswith("|")), None)
        if start is None:
            end = Cell("", len(lines), 1)
            raise self.wrong(end, f"there is no table: its first line is | {' | '.join(COLUMNS)} |")
        for number, line in enumerate(lines[:start], 1):
            match = _FIELD.match(line)
            if match:
                self._add(match[1], Cell(match[2], number, 1))
        table: list[list[Cell]] = []
        for number, line in enumerate(lines[start:], start + 1):
            if not line.lstrip().startswith("|"):
                break
            table.append(self._cells(line, number))
        header = table[0]
        found = tuple(cell.text for cell in header)
        if found != COLUMNS:
            odd = next((cell for cell, name in zip(header, COLUMNS) if cell.text != name), header[-1])
            raise self.wrong(odd, f"the columns of the table must be {', '.join(COLUMNS)}, in this order")
        if len(table) < 2 or not all(_RULE.fullmatch(cell.text) for cell in table[1]):
            raise self.wrong(Cell("", start + 2, 1), "below the names of the columns there must be a line |---|---|...")
        self.header = header[0]
        self.rows = [dict(zip(COLUMNS, cells)) for cells in table[2:]]

    def wrong(self, place: Cell, what: str) -> RefusalError:
        """Return the error for a mistake at a place."""
        return RefusalError(f"{self._path}:{place.line}:{place.column}: {what}")

    def _add(self, name: str, cell: Cell) -> None:
        if name not in _FIELDS:
            hint = checks.suggestion(name, _FIELDS) or f"; the fields are {', '.join(_FIELDS)}"
            raise self.wrong(cell, f"there is no field {name}{hint}")
        if name in self.fields:
            raise self.wrong(cell, f"{name}: is given twice; keep one of the lines")
        self.fields[name] = cell

    def _cells(self, line: str, number: int) -> list[Cell]:
        body = line if line.rstrip().endswith("|") else line + "|"
        first = body.index("|") + 1
        cells = []
        for match in _CELL.finditer(body, first):
            raw = match[1]
            column = match.start() + (len(raw) - len(raw.lstrip()) if raw.strip() else 0) + 1
            cells.append(Cell(raw.strip().replace("\\|", "|"), number, column))
        if len(cells) != len(COLUMNS):
            place = Cell("", number, 1)
            raise self.wrong(
                place, f"this row has {len(cells)} cells and not {len(COLUMNS)}; write \\| for a | in a text"
            )
        return cells

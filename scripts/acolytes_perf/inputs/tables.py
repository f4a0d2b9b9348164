"""Inputs of rows with columns: compact text on the command line, objects or lists in JSON, or a CSV file."""

from __future__ import annotations

import os
import re
from typing import Any, NamedTuple

from acolytes_perf.errors import InputError, did_you_mean, one_line, quoted
from acolytes_perf.inputs.fields import CheckedValue, Field, Inputs, NormalForm, check_inputs
from acolytes_perf.inputs.units import Value

#: The example of a unit in a CSV heading, for a quantity of any unit.
_ANY_UNIT = "/s"
#: Headings that are units themselves.
_UNIT_WORDS = ("rps", "qps", "tps", "rpm")
#: What no row looks like: a usual suffix, a path that says so, a pattern, or `-` for standard input.
_FILE = re.compile(r".+\.(?:csv|tsv|json|ndjson|jsonl|txt|log|gz)|-|\.{0,2}/.*|.+/|.*[*?].*", re.IGNORECASE)
_HEADING = re.compile(r"\s*(.*?)\s*(?:[\[(]\s*([^\])]*?)\s*[\])])?\s*")


class CsvRow(dict[str, object]):
    """The cells of a CSV row by column.

    Attributes:
        line: of the file, counted from 1.
        titles: the file's headings by column, without their units.
    """

    def __init__(self, cells: dict[str, object], line: int, titles: dict[str, str]) -> None:
        super().__init__(cells)
        self.line = line
        self.titles = titles


class Table(NamedTuple):
    """An input of rows.

    On the command line a row is `a:1:2`: cells in the order of the columns; optional cells are empty, or left out at
    the end.

    Attributes:
        name: in calls and documents.
        columns: the first one is what the table is about; the aliases of a column are further headings of a CSV file.
        doc: what it means, for help and documentation.
        example: valid rows on the command line.
        min_rows: the fewest rows.
        max_rows: the most rows.
        required: every call needs it.
        default: rows that stand for a missing value.
        aliases: other names that users try.
        takes_files: its value may name files instead; the command reads them, and `Inputs.texts` has their names.
    """

    name: str
    columns: tuple[Field, ...]
    doc: str
    example: str
    min_rows: int = 1
    max_rows: int = 1000
    required: bool = False
    default: str | None = None
    aliases: tuple[str, ...] = ()
    takes_files: bool = False

    @property
    def is_file(self) -> bool:
        """Whether a value may name files to read, as of a Field."""
        return self.takes_files

    @property
    def kind_name(self) -> str:
        """The columns in their compact order, optional ones in brackets."""
        names = [column.name if column.required else f"[{column.name}]" for column in self.columns]
        return f"table {':'.join(names)},..."

    def read(self, raw: object) -> tuple[NormalForm, CheckedValue]:
        """Normal form and checked rows; raises InputError with a JSON pointer such as `/stations/0/demand`."""
        items: Any = raw.split(",") if isinstance(raw, str) else raw
        if self.takes_files and isinstance(raw, str) and names_files(raw):
            files: list[Value] = [part.strip() for part in raw.split(",")]
            return raw, files
        if not isinstance(items, list) or not self.min_rows <= len(items) <= self.max_rows:
            message = f"expected {self.min_rows} to {self.max_rows} rows such as {self.example}"
            raise InputError(f"/{self.name}", message)
        rows = [self._row(items, index) for index in range(len(items))]
        return [dict(row.normal) for row in rows], rows

    def _row(self, items: list[Any], index: int) -> Inputs:
        """One row of several; the fix of an error keeps the other rows."""
        pointer = f"/{self.name}/{index}"
        cells = self._cells(items[index], pointer)
        try:
            return check_inputs(self.columns, cells, self.name, is_row=True)
        except InputError as error:
            if isinstance(items[index], CsvRow):
                error.message += self._hint_in_file(items[index], error.pointer.strip("/"))
            error.pointer = pointer + error.pointer
            if error.fix:
                fixed = {name: value for name, value in {**cells, **error.fix}.items() if value is not None}
                error.fix = {self.name: [*items[:index], fixed, *items[index + 1 :]]}
            raise

    def _cells(self, item: object, pointer: str) -> dict[str, object]:
        """The row's cells by column, without empty ones."""
        if isinstance(item, dict):
            return {name: cell for name, cell in item.items() if cell != ""}
        cells = [cell.strip() for cell in item.split(":")] if isinstance(item, str) else item
        if not isinstance(cells, list) or len(cells) > len(self.columns):
            raise InputError(pointer, f"is not a row of {self.kind_name}, like {self.example.split(',')[0]}")
        return {column.name: cell for column, cell in zip(self.columns, cells) if cell != ""}

    def as_written(self, raw: object) -> object:
        """The rows as text for `--set`; unchanged where a cell contains a comma or a colon."""
        if not isinstance(raw, list):
            return raw
        rows = [self._cells(item, "") for item in raw]
        lines = [[str(row.get(column.name, "")) for column in self.columns] for row in rows]
        if any("," in cell or ":" in cell for line in lines for cell in line):
            return raw
        return ",".join(":".join(line).rstrip(":") for line in lines)

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema, without description and default."""
        row = {
            "type": "object",
            "properties": {column.name: {"description": column.doc, **column.schema()} for column in self.columns},
            "required": [column.name for column in self.columns if column.required],
            "additionalProperties": False,
        }
        cells = {"type": "array", "maxItems": len(self.columns)}
        rows = {"type": "array", "minItems": self.min_rows, "maxItems": self.max_rows}
        return {"anyOf": [{**rows, "items": {"anyOf": [row, cells, {"type": "string"}]}}, {"type": "string"}]}

    def from_csv(self, text: str, where: str) -> list[dict[str, object]]:
        """The rows of a CSV text with a heading, separated by commas, semicolons or tabs.

        A unit in the heading, as in `demand [ms]`, applies to every number of the column. Other columns are ignored.

        Args:
            text: of the file.
            where: names the file in errors.

        Raises:
            InputError: the text is not CSV, or lacks a necessary column.
        """
        import csv

        if not text.strip():
            raise InputError("", f"{where} is empty")
        lines = text.splitlines()
        heading = lines[0] if lines else ""
        delimiter = max(",;\t", key=heading.count)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
        except csv.Error as error:
            raise InputError("", f"{where} is not CSV: {one_line(str(error))} at line {reader.line_num}") from None
        titles = rows[0][1] if rows else []
        if self._is_value(titles):
            titles = [self._main.name]
        else:
            rows = rows[1:]
        columns = [self._column_of(title) for title in titles]
        self._check_heading({name for name, _ in columns}, where)
        self._check_spelling(titles, {name for name, _ in columns}, where)
        if not rows:
            raise InputError("", f"{where} has a heading and no row below it")
        titles_by_column = {
            name: one_line(re.split(r"[\[(]", title)[0].strip()) for (name, _), title in zip(columns, titles) if name
        }
        return [
            CsvRow(
                {
                    name: _with_unit(cell.strip(), unit)
                    for (name, unit), cell in zip(columns, row)
                    if name and cell.strip()
                },
                line,
                titles_by_column,
            )
            for line, row in rows
        ]

    @property
    def _main(self) -> Field:
        """The column that the table is about; every file needs it."""
        return self.columns[0]

    @property
    def headings(self) -> str:
        """The headings that a CSV file may have, in words."""
        names = [f"{column.name}{self._aliases(column)}" for column in self.columns]
        measured = next((column for column in self.columns if _unit(column)), None)
        return ", ".join(names) + (f"; a unit as in `{_with_heading(measured.name, measured)}`" if measured else "")

    def _aliases(self, column: Field) -> str:
        others = [*column.aliases, *([self.name] if column is self._main else [])]
        return f" (also: {', '.join(others)})" if others else ""

    def _is_value(self, titles: list[str]) -> bool:
        """Whether the first row of a file is already a value, of the only column."""
        others = [column for column in self.columns[1:] if column.required]
        if len(titles) != 1 or others or self._main.kind.name == "text":
            return False
        try:
            self._main.read(titles[0].strip())
        except InputError:
            return False
        return True

    def _check_heading(self, names: set[str | None], where: str) -> None:
        """Raises InputError for a heading without the required columns, or without the main one."""
        needed = [column for column in self.columns if column.required] or [self._main]
        missing = next((column for column in needed if column.name not in names), None)
        if missing:
            message = (
                f"{where} has no column {missing.name}: the heading must name {missing.name}{self._aliases(missing)}"
            )
            raise InputError("", message)

    def _check_spelling(self, titles: list[str], names: set[str | None], where: str) -> None:
        """Raises InputError for a heading that is nearly that of an optional column, which would be left out."""
        absent = [column.name for column in self.columns if column.name not in names]
        for title in titles if absent else []:
            word = _HEADING.fullmatch(title)
            nearest = did_you_mean(word[1].lower(), absent, 0.8) if word and self._column_of(title)[0] is None else None
            if nearest:
                raise InputError("", f"{where} has the column {quoted(title)} (did you mean {nearest}?): rename it")

    def _hint_in_file(self, row: CsvRow, name: str) -> str:
        """The line of a wrong cell, and how a heading gives its whole column a unit."""
        column = next((column for column in self.columns if column.name == name), None)
        hint = f" (line {row.line} of the file"
        if column and _unit(column) and name in row.titles and str(row.get(name, ""))[-1:].isdigit():
            hint += f"; a heading `{_with_heading(row.titles[name], column)}` gives the column its unit"
        return hint + ")"

    def _column_of(self, title: str) -> tuple[str | None, str]:
        """The column that a heading names, None for another one, and the unit behind it."""
        parts = _HEADING.fullmatch(title)
        assert parts
        word = re.sub(r"\W+", "_", parts[1]).lower()
        names = (column.name for column in self.columns if word in (column.name, *column.aliases))
        unit = parts[2] or (word if word in _UNIT_WORDS else "")
        return next(names, self._main.name if word == self.name else None), unit


def names_files(text: str) -> bool:
    """Whether a text names files, folders or patterns, or standard input, and no rows.

    >>> names_files("load.csv"), names_files("day-*.json"), names_files("-"), names_files("1:64.9/s,18:995/s")
    (True, True, True, False)
    """
    parts = [part.strip() for part in text.split(",")]
    return all(_FILE.fullmatch(part) or (part[:1].isalpha() and os.path.exists(part)) for part in parts)


def _with_unit(cell: str, unit: str) -> str:
    return cell + unit if unit and cell[-1:].isdigit() else cell


def _unit(column: Field) -> str:
    """The unit of the column's example; empty where it takes none."""
    if column.kind.name == "amount":
        return _ANY_UNIT
    return column.example.lstrip("0123456789.").strip() if column.kind.name in ("duration", "rate") else ""


def _with_heading(title: str, column: Field) -> str:
    return f"{title} [{_unit(column)}]"

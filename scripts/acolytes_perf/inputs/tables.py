"""An input of several rows with columns: compact on the command line, objects or lists in JSON, or a CSV file."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from acolytes_perf.errors import InputError, one_line
from acolytes_perf.inputs.fields import Field, Inputs, Normal, Read, checked

#: What stands for the unit of a quantity that may have any, in the words about a CSV heading.
_ANY_UNIT = "/s"
#: Headings that are a unit already.
_UNIT_WORDS = ("rps", "qps", "tps", "rpm")
_HEADING = re.compile(r"\s*(.*?)\s*(?:[\[(]\s*([^\])]*?)\s*[\])])?\s*")


class CsvRow(dict[str, object]):
    """The cells of a CSV row by column, with its line in the file, and the headings there without their units."""

    def __init__(self, cells: dict[str, object], line: int, titles: dict[str, str]) -> None:
        super().__init__(cells)
        self.line = line
        self.titles = titles


class Table(NamedTuple):
    """An input of rows. `--set` takes them as `a:1,b:2`: cells in the order of the columns, empty or left out at the
    end where they are optional. A column's `also` are other headings that a CSV file may have for it.
    """

    name: str
    columns: tuple[Field, ...]
    doc: str
    example: str
    least_rows: int = 1
    most_rows: int = 1000
    required: bool = False
    default: str | None = None
    also: tuple[str, ...] = ()

    @property
    def kind_name(self) -> str:
        """The columns in their compact order, optional ones in brackets."""
        names = [column.name if column.required else f"[{column.name}]" for column in self.columns]
        return f"table {':'.join(names)},..."

    def read(self, raw: object) -> tuple[Normal, Read]:
        """Normal form and checked rows; raises InputError with a JSON pointer such as `/stations/0/demand`."""
        items: Any = raw.split(",") if isinstance(raw, str) else raw
        if not isinstance(items, list) or not self.least_rows <= len(items) <= self.most_rows:
            message = f"expected {self.least_rows} to {self.most_rows} rows such as {self.example}"
            raise InputError(f"/{self.name}", message)
        rows = [self._row(items, index) for index in range(len(items))]
        return [dict(row.normal) for row in rows], rows

    def _row(self, items: list[Any], index: int) -> Inputs:
        """One row of several; a fix of it keeps the others."""
        pointer = f"/{self.name}/{index}"
        cells = self._cells(items[index], pointer)
        try:
            return checked(self.columns, cells, self.name)
        except InputError as error:
            if isinstance(items[index], CsvRow):
                error.message += self._in_file(items[index], error.pointer.strip("/"))
            error.pointer = pointer + error.pointer
            if error.fix:
                mended = {name: value for name, value in {**cells, **error.fix}.items() if value is not None}
                error.fix = {self.name: [*items[:index], mended, *items[index + 1 :]]}
            raise

    def _cells(self, item: object, pointer: str) -> dict[str, object]:
        """The row's cells by column; what is empty is left out."""
        if isinstance(item, dict):
            return {name: cell for name, cell in item.items() if cell != ""}
        cells = [cell.strip() for cell in item.split(":")] if isinstance(item, str) else item
        if not isinstance(cells, list) or len(cells) > len(self.columns):
            raise InputError(pointer, f"is no row of {self.kind_name}, like {self.example.split(',')[0]}")
        return {column.name: cell for column, cell in zip(self.columns, cells) if cell != ""}

    def written(self, raw: object) -> object:
        """The rows as `--set` takes them, or as they are where a cell has a comma or a colon of its own."""
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
        rows = {"type": "array", "minItems": self.least_rows, "maxItems": self.most_rows}
        return {"anyOf": [{**rows, "items": {"anyOf": [row, cells, {"type": "string"}]}}, {"type": "string"}]}

    def from_csv(self, text: str, where: str) -> list[dict[str, object]]:
        """The rows of a CSV text (comma, semicolon or tab) with a heading; a unit in the heading, as in
        `demand [ms]`, belongs to every number of the column. Columns that are no input are left out.
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
            raise InputError("", f"{where} is not CSV: {error} at line {reader.line_num}") from None
        titles = rows[0][1] if rows else []
        if self._is_bare(titles):
            titles = [self._main.name]
        else:
            rows = rows[1:]
        found = [self._titled(title) for title in titles]
        self._check_heading({name for name, _ in found}, where)
        if not rows:
            raise InputError("", f"{where} has a heading and no row below it")
        shown = {
            name: one_line(re.split(r"[\[(]", title)[0].strip()) for (name, _), title in zip(found, titles) if name
        }
        return [
            CsvRow(
                {
                    name: _with_unit(cell.strip(), unit)
                    for (name, unit), cell in zip(found, row)
                    if name and cell.strip()
                },
                line,
                shown,
            )
            for line, row in rows
        ]

    @property
    def _main(self) -> Field:
        """The column that a table is about, and without which a file says nothing."""
        return self.columns[0]

    @property
    def headings(self) -> str:
        """The headings that a CSV file may have, in words."""
        names = [f"{column.name}{self._also(column)}" for column in self.columns]
        measured = next((column for column in self.columns if _unit(column)), None)
        return ", ".join(names) + (f"; a unit as in `{_with_heading(measured.name, measured)}`" if measured else "")

    def _also(self, column: Field) -> str:
        others = [*column.also, *([self.name] if column is self._main else [])]
        return f" (also: {', '.join(others)})" if others else ""

    def _is_bare(self, titles: list[str]) -> bool:
        """Whether the first row of a file is a value of the only column already."""
        others = [column for column in self.columns[1:] if column.required]
        if len(titles) != 1 or others or self._main.kind.name == "text":
            return False
        try:
            self._main.read(titles[0].strip())
        except InputError:
            return False
        return True

    def _check_heading(self, names: set[str | None], where: str) -> None:
        """Refuses a heading without the columns that every row needs, or without the one the table is about."""
        needed = [column for column in self.columns if column.required] or [self._main]
        wanting = next((column for column in needed if column.name not in names), None)
        if wanting:
            message = f"{where} has no column {wanting.name}: the heading must name {wanting.name}{self._also(wanting)}"
            raise InputError("", message)

    def _in_file(self, row: CsvRow, name: str) -> str:
        """Where a refused cell stands, and how its heading gives the whole column a unit."""
        column = next((column for column in self.columns if column.name == name), None)
        hint = f" (line {row.line} of the file"
        if column and _unit(column) and name in row.titles and str(row.get(name, ""))[-1:].isdigit():
            hint += f"; a heading `{_with_heading(row.titles[name], column)}` gives the column its unit"
        return hint + ")"

    def _titled(self, title: str) -> tuple[str | None, str]:
        """The column that a heading names, None when there is none such, and the unit behind it."""
        parts = _HEADING.fullmatch(title)
        assert parts
        word = re.sub(r"\W+", "_", parts[1]).lower()
        names = (column.name for column in self.columns if word in (column.name, *column.also))
        unit = parts[2] or (word if word in _UNIT_WORDS else "")
        return next(names, self._main.name if word == self.name else None), unit


def _with_unit(cell: str, unit: str) -> str:
    return cell + unit if unit and cell[-1:].isdigit() else cell


def _unit(column: Field) -> str:
    """The unit that the column's example has, empty where it takes none."""
    if column.kind.name == "amount":
        return _ANY_UNIT
    return column.example.lstrip("0123456789.").strip() if column.kind.name in ("duration", "rate") else ""


def _with_heading(title: str, column: Field) -> str:
    return f"{title} [{_unit(column)}]"

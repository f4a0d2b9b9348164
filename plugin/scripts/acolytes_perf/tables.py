"""An input of several rows with columns: compact on the command line, objects or lists in JSON, or a CSV file."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from acolytes_perf.errors import InputError
from acolytes_perf.fields import Field, Inputs, Normal, Read, checked

_HEADING = re.compile(r"\s*(.*?)\s*(?:[\[(]\s*([^\])]*?)\s*[\])])?\s*")


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

        lines = text.splitlines()
        heading = lines[0] if lines else ""
        delimiter = max(",;\t", key=heading.count)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            titles, *body = [row for row in reader if any(cell.strip() for cell in row)] or [[]]
        except csv.Error as error:
            raise InputError("", f"{where} is not CSV: {error} at line {reader.line_num}") from None
        found = [self._titled(title) for title in titles]
        names = [name for name, _ in found]
        wanting = [column.name for column in self.columns if column.required and column.name not in names]
        if wanting:
            raise InputError("", f"{where} has no column {wanting[0]}; its heading must name {self.kind_name}")
        return [
            {name: _with_unit(cell.strip(), unit) for (name, unit), cell in zip(found, row) if name and cell.strip()}
            for row in body
        ]

    def _titled(self, title: str) -> tuple[str | None, str]:
        """The column that a heading names, None when there is none such, and the unit behind it."""
        parts = _HEADING.fullmatch(title)
        assert parts
        word = re.sub(r"\W+", "_", parts[1]).lower()
        name = next((column.name for column in self.columns if word in (column.name, *column.also)), None)
        return name, parts[2] or ""


def _with_unit(cell: str, unit: str) -> str:
    return cell + unit if unit and cell[-1:].isdigit() else cell

"""Rows of a table input from files with any headings, such as measured points of a scalability curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.columns import ColumnChoice, listed, parse_columns, unknown_heading
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.files import expand
from acolytes_perf.inputs.tables import Table
from acolytes_perf.series.cells import NumberError, heading_unit, is_missing, read_numbers
from acolytes_perf.series.layout import words_of
from acolytes_perf.series.read import read_series, read_table_rows
from acolytes_perf.series.role_columns import unused_note
from acolytes_perf.series.rows import Rows

#: How a base unit is written behind a number.
_SUFFIXES = {"": "", "1/s": "/s", "s": "s", "ratio": "", "B": " B", "erlang": " erlang"}


class Points(NamedTuple):
    """Checked rows of a table, and how they were read, in sentences."""

    rows: list[Inputs]
    notes: tuple[str, ...] = ()


def read_points(table: Table, inputs: Inputs, columns: str | None = None) -> Points:
    """The rows of a table input, from the call or from the files that it names.

    Args:
        table: the input.
        inputs: of the call.
        columns: the part of `--columns` that belongs to this table; None without one.

    Raises:
        InputError: a file cannot be read, a column is missing or unknown, or a cell is wrong.
    """
    paths = inputs.texts(table.name)
    if not paths:
        if columns is not None:
            message = f"has no effect: {table.name} is not from a file"
            raise InputError("/columns", message, {"columns": None})
        return Points(inputs.rows(table.name))
    pointer = f"/{table.name}"
    choices = parse_columns(columns, [column.name for column in table.columns])
    rows: list[dict[str, object]] = []
    notes: dict[str, None] = {}
    for path in expand(paths, pointer):
        cells = read_table_rows(path, pointer)
        if cells is None:
            rows += _from_series(table, path, choices, columns, pointer)
            continue
        file_rows, file_notes = _from_table(table, cells, choices, quoted(path), pointer)
        rows += file_rows
        notes.update(dict.fromkeys(file_notes))
    _, checked = table.read(rows)
    assert isinstance(checked, list)
    return Points([row for row in checked if isinstance(row, Inputs)], tuple(notes))


def _from_table(
    table: Table, cells: Rows, choices: Sequence[ColumnChoice], where: str, pointer: str
) -> tuple[list[dict[str, object]], list[str]]:
    """The rows of a delimited file, and what was assumed about its columns."""
    places: dict[str, tuple[int, str]] = {}
    for choice in choices:
        place = choice.column(cells.headings)
        if place is None:
            raise unknown_heading(choice, cells.headings, where)
        places[choice.role] = place
    for column in table.columns:
        if column.name not in places:
            index = _column_by_heading(column, cells.headings, [place for place, _ in places.values()])
            if index is not None:
                places[column.name] = index, ""
    guess = _take_the_rest(table, cells, places)
    missing = next((column for column in table.columns if column.required and column.name not in places), None)
    if missing:
        message = f"{where} has no column for {missing.name}: its columns are {listed(cells.headings)}"
        wanted = [column.name for column in table.columns if column.required and column.name not in places]
        example = ",".join(f"{name}=HEADING" for name in wanted)
        raise InputError(pointer, f"{message}; choose with --columns {example}")
    texts: dict[str, list[str]] = {}
    for column in table.columns:
        if column.name in places:
            index, unit = places[column.name]
            texts[column.name] = _texts(column, cells, index, unit, where, pointer)
    rows: list[dict[str, object]] = [
        {name: column[row] for name, column in texts.items() if column[row]} for row in range(len(cells.rows))
    ]
    notes = [f"The column {cells.headings[places[guess][0]]} is taken for {guess}."] if guess else []
    if unused := unused_note(cells, (index for index, _ in places.values()), where):
        notes.append(unused)
    return rows, notes


def _take_the_rest(table: Table, cells: Rows, places: dict[str, tuple[int, str]]) -> str | None:
    """Where one required column and one heading are left, they belong together; the name of that column."""
    missing = [column.name for column in table.columns if column.required and column.name not in places]
    taken = {index for index, _ in places.values()}
    rest = [index for index in range(len(cells.headings)) if index not in taken]
    if len(missing) == len(rest) == 1:
        places[missing[0]] = rest[0], ""
        return missing[0]
    return None


def _column_by_heading(column: Field, headings: Sequence[str], taken: Sequence[int]) -> int | None:
    """The column whose heading is the name of the field or another name of it."""
    names = (column.name, *column.aliases)
    plain = [
        (index, "_".join(words_of(heading.split("[")[0].split("(")[0])))
        for index, heading in enumerate(headings)
        if index not in taken
    ]
    return next((index for name in names for index, heading in plain if heading == name), None)


def _texts(column: Field, cells: Rows, index: int, unit: str, where: str, pointer: str) -> list[str]:
    """The cells of a column, each with its unit, as the field reads them."""
    texts = [cell.strip() for cell in cells.column(index)]
    if column.kind.name == "text":
        return texts
    heading = cells.headings[index]
    named = unit or heading_unit(heading)
    try:
        numbers = read_numbers(texts, heading, unit)
    except NumberError as error:
        line = "" if error.row is None else f" line {cells.lines[error.row]}"
        raise InputError(pointer, f"{where}{line}, column {quoted(heading)}: {error}") from None
    lacks_unit = column.kind.name in ("rate", "duration") and not numbers.unit
    if lacks_unit and not named:
        usual = "/s" if column.kind.name == "rate" else "ms"
        message = f"{where}, column {quoted(heading)} has no unit: name it"
        raise InputError(pointer, f"{message}, e.g. --columns {column.name}={usual}:{heading}")
    # a number without a unit in its field takes none from a heading such as `users [rps]`
    suffix = _SUFFIXES[numbers.unit] if column.kind.name not in ("number", "count") else ""
    return [
        "" if value is None or is_missing(text) else f"{value:.15g}{suffix}"
        for text, value in zip(texts, numbers.values)
    ]


def _from_series(
    table: Table, path: str, choices: Sequence[ColumnChoice], columns: str | None, pointer: str
) -> list[dict[str, object]]:
    """The rows of series at the same times, such as users and throughput of a range query."""
    roles = [column.name for column in table.columns]
    series = read_series([path], columns=columns, roles=roles, pointer=pointer)
    by_role = {one.role: one for one in series if one.role}
    missing = next((column.name for column in table.columns if column.required and column.name not in by_role), None)
    if missing or len(by_role) < len(choices):
        names = listed([one.title for one in series])
        message = f"{quoted(path)} needs one series for {missing or choices[0].role}: it has {names}"
        raise InputError(pointer, f"{message}; choose by name with --columns {missing or choices[0].role}=NAME")
    values = {role: dict(zip(one.times, one.values)) for role, one in by_role.items()}
    shared = sorted(set.intersection(*(set(points) for points in values.values())))
    plain = [column.name for column in table.columns if column.kind.name in ("number", "count")]
    suffixes = {role: "" if role in plain else _SUFFIXES[one.unit] for role, one in by_role.items()}
    rows: list[dict[str, object]] = []
    for time in shared:
        row = {role: points[time] for role, points in values.items()}
        if all(value is not None for value in row.values()):
            rows.append({role: f"{value:.15g}{suffixes[role]}" for role, value in row.items()})
    if not rows:
        raise InputError(pointer, f"{quoted(path)} has no time at which all chosen series have a value")
    return rows

"""What each column of a table holds: times, numbers or labels, by the user's choice or by its cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError, one_line, quoted
from acolytes_perf.inputs.columns import ColumnChoice, listed, unknown_heading
from acolytes_perf.inputs.dates import DateError, read_offset, read_times
from acolytes_perf.series.cells import NumberError, Numbers, heading_unit, is_missing, read_numbers
from acolytes_perf.series.rows import Rows

_TIME_TEXT = """
time times timestamp timestamps ts t date dates datetime ds when at moment period start begin bucket interval epoch
unixtime clock zeit datum zeitpunkt zeitstempel uhrzeit fecha hora jour heure month months day days hour hours week
weeks minute minutes second quarter year years monat tag stunde woche
"""
#: Words of headings for times.
_TIME_WORDS = frozenset(_TIME_TEXT.split())
#: Headings of columns that only count the rows.
_ROW_NUMBERS = ("", "index", "id", "row", "#", "nr", "no", "unnamed: 0")
_ZONE_WORDS = frozenset(("tz", "timezone", "time_zone", "utc_offset", "offset", "zone", "tzoffset"))
_CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d([.,]\d+)?)?( ?[AaPp][Mm])?", re.ASCII)
#: Columns that complete a date or a year: the words of their headings, and the range of their whole numbers.
_PARTS = ((("month", "monat"), 1, 12), (("day", "tag"), 1, 31), (("hour", "hr", "stunde"), 0, 23))
#: So many cells tell what a column holds; all of them are read later.
_SAMPLE = 200
_QUANTITY = re.compile(r"[+-]?\d[\d.,' ]*(?:[eE][+-]?\d+)?\s*[A-Za-z%/]{0,12}")


class Layout(NamedTuple):
    """Which columns hold times, numbers and labels, by index; `numbers` has the cells read.

    `chosen` are the labels that the user names; the others only count where rows cannot be told apart without them.
    """

    time: list[int]
    zone: int | None
    labels: list[int]
    numbers: dict[int, Numbers]
    chosen: list[int]


def chosen_columns(table: Rows, choices: Sequence[ColumnChoice], where: str) -> dict[int, tuple[str, str]]:
    """Role and unit of each column that `--columns` names, by index."""
    roles: dict[int, tuple[str, str]] = {}
    for choice in choices:
        place = choice.column(table.headings)
        if place is None:
            raise unknown_heading(choice, table.headings, where)
        if place[0] in roles:
            raise InputError("/columns", f"the column {quoted(choice.heading)} is named twice: leave one out")
        roles[place[0]] = (choice.role, place[1])
    return roles


def find_layout(
    table: Rows,
    roles: Mapping[int, tuple[str, str]],
    where: str,
    pointer: str,
    unit: str,
    label_names: Sequence[str] = (),
) -> Layout:
    """What each column holds: by the user's choice, else by its cells."""
    time = [index for index, (role, _) in roles.items() if role == "time"]
    chosen = [index for index, (role, _) in roles.items() if role == "label"]
    chosen += [index for index, name in enumerate(table.headings) if name in label_names and index not in roles]
    labels = list(chosen)
    numbers: dict[int, Numbers] = {}
    for index, (role, own_unit) in roles.items():
        if role not in ("time", "label"):
            numbers[index] = _numbers_of(table, index, own_unit or unit, where, pointer, time)
    free = [index for index in range(len(table.headings)) if index not in roles]
    if not time:
        time = _find_time(table, free, where)
    zone = next(
        (
            index
            for index in free
            if index not in time and words_of(table.headings[index])[-1:] and time and _is_zone(table, index)
        ),
        None,
    )
    has_choice = bool(numbers)
    has_decimal_commas = _has_decimal_commas(table, time)
    for index in free:
        if index in time or index == zone or index in chosen:
            continue
        cells = table.column(index)
        if _is_unused(table, index, cells):
            continue
        try:
            own_unit = unit if not heading_unit(table.headings[index]) else ""
            column = read_numbers(cells, table.headings[index], own_unit, has_decimal_commas=has_decimal_commas)
        except NumberError as error:
            if error.looks_like_numbers and not has_choice and _is_quantity(cells[0]):
                raise _number_error(table, index, error, where, pointer) from None
            labels.append(index)
            continue
        if not has_choice:
            numbers[index] = column
    return Layout(time, zone, sorted(labels), numbers, chosen)


def _is_unused(table: Rows, index: int, cells: Sequence[str]) -> bool:
    """Whether a column is empty, has other times such as an end, or is a number of a table of InfluxDB."""
    heading = table.headings[index]
    is_of_tables = "_value" in table.headings and heading in ("", "result", "table")
    is_row_number = (
        heading.strip().lower() in _ROW_NUMBERS
        and len(set(cells)) == len(cells)
        and all(cell.strip().isdecimal() for cell in cells)
        and len(table.headings) > 2
    )
    return is_of_tables or is_row_number or all(map(is_missing, cells)) or _looks_like_dates(cells, heading)


def _is_quantity(cell: str) -> bool:
    """Whether a cell is a number with or without a unit, and no version, address or code such as 5xx."""
    return bool(_QUANTITY.fullmatch(cell.strip())) and cell.count(".") < 2


def _has_decimal_commas(table: Rows, time: Sequence[int]) -> bool:
    """Whether the file looks like those of countries with decimal commas: semicolons, or dates with dots."""
    dotted = any(re.match(r"\d{1,2}\.\d{1,2}\.\d", table.rows[0][index].strip()) for index in time)
    return table.delimiter == ";" or dotted


def _numbers_of(table: Rows, index: int, unit: str, where: str, pointer: str, time: Sequence[int]) -> Numbers:
    has_decimal_commas = _has_decimal_commas(table, time)
    try:
        return read_numbers(table.column(index), table.headings[index], unit, has_decimal_commas=has_decimal_commas)
    except NumberError as error:
        raise _number_error(table, index, error, where, pointer) from None


def _number_error(table: Rows, index: int, error: NumberError, where: str, pointer: str) -> InputError:
    line = "" if error.row is None else f" line {table.lines[min(error.row, len(table.lines) - 1)]}"
    heading = table.headings[index]
    text = str(error)
    if "name it" in text or "name the unit" in text:
        name = "cores" if "name the unit" in text else "decimal_point"
        text += f", e.g. --columns value={name}:{one_line(heading)}"
    return InputError(pointer, f"{where}{line}, column {quoted(heading)}: {text}")


def words_of(heading: str) -> list[str]:
    """The words of a heading, in lower case."""
    return [word for word in re.split(r"[\W_]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", heading).lower()) if word]


def _is_time_heading(heading: str) -> bool:
    words = words_of(heading)
    return bool(words) and (words[0] in _TIME_WORDS or words[-1] in _TIME_WORDS)


def _is_usual_time_heading(heading: str) -> bool:
    """Whether a heading is one of the most usual ones, which wins over others such as `start` and `stop`."""
    return "_".join(words_of(heading)) in ("time", "timestamp", "ts", "date", "datetime", "date_time")


def _is_zone(table: Rows, index: int) -> bool:
    """Whether a column has the zone of each time: `+1`, `-5` or `UTC`."""
    cells = table.column(index)
    heading = "_".join(words_of(table.headings[index]))
    if heading not in _ZONE_WORDS or any(read_offset(cell) is None for cell in cells):
        return False
    # bare numbers under `zone` are names of zones of a provider, unless one has a sign
    return heading != "zone" or any(cell.strip()[:1] in "+-" for cell in cells if cell.strip())


def _find_time(table: Rows, free: Sequence[int], where: str) -> list[int]:
    """The columns that hold the time: one, or a date and a time of day; empty where no column does."""
    dates, clocks = [], []
    for index in free:
        cells = table.column(index)
        if all(_CLOCK.fullmatch(cell.strip()) for cell in cells):
            clocks.append(index)
        elif _looks_like_dates(cells, table.headings[index]):
            dates.append(index)
    for is_meant in (_is_time_heading, _is_usual_time_heading):
        named = [index for index in dates if is_meant(table.headings[index])]
        if len(dates) > 1 and len(named) == 1:
            dates = named
    if len(dates) > 1:
        names = listed([table.headings[index] for index in dates])
        message = f"{where} has several columns of times, {names}: choose one, e.g. --columns time="
        raise InputError("/columns", message + table.headings[dates[0]])
    if len(dates) == 1 and len(clocks) == 1 and "T" not in table.column(dates[0])[0]:
        try:
            if read_times(table.column(dates[0])[:_SAMPLE]).is_date_only:
                return [dates[0], clocks[0]]
        except DateError:
            return [dates[0], clocks[0]]
    if len(dates) == 1:
        return [*dates, *_parts_of_date(table, free, dates[0])]
    if dates or clocks:
        return (dates or clocks)[:1]
    return [index for index in free if _is_time_heading(table.headings[index])][:1]


def _parts_of_date(table: Rows, free: Sequence[int], date: int) -> list[int]:
    """The columns of the month and day of a year, or of the hour of a date."""
    is_year = all(re.fullmatch(r"(?:19|20)\d\d", cell.strip()) for cell in table.column(date))
    try:
        if not is_year and not read_times(table.column(date)[:_SAMPLE]).is_date_only:
            return []
    except DateError:
        return []
    parts = []
    for words, low, high in _PARTS if is_year else _PARTS[2:]:
        index = next(
            (index for index in free if words_of(table.headings[index])[-1:] in ([word] for word in words)), None
        )
        cells = [] if index is None else [cell.strip() for cell in table.column(index)]
        is_part = cells and all(re.fullmatch(r"\d{1,2}", cell) and low <= int(cell) <= high for cell in cells)
        if index is None or index == date or not is_part:
            break
        parts.append(index)
    return parts


def _looks_like_dates(cells: Sequence[str], heading: str) -> bool:
    """Whether cells are times; numbers are only under a heading that says so, or where they are times since 1970."""
    first = cells[0].strip()
    if re.fullmatch(r"[\d.eE+-]+", first) and first.count(".") < 2 and first.count("-") < 2:
        if not (_is_time_heading(heading) or re.fullmatch(r"1[0-9]{9}(\d{3})?(\d{6})?(\.\d+)?", first)):
            return False
        if re.fullmatch(r"\d{1,3}", first):
            return False
    try:
        read_times(cells[:_SAMPLE])
    except DateError as error:
        return error.looks_like_times
    return True

"""The times of a table's rows: dates, or numbers that count hours, days, weeks or months."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from acolytes_perf.errors import InputError, one_line, quoted
from acolytes_perf.inputs.dates import FORMATS, DateError, Times, read_offset, read_times
from acolytes_perf.series.layout import Layout, words_of
from acolytes_perf.series.rows import Rows
from acolytes_perf.time_units import SECONDS

#: Headings whose whole numbers count steps of this length.
_STEP_WORDS = {
    "minute": SECONDS["min"], "minutes": SECONDS["min"], "hour": SECONDS["h"], "hours": SECONDS["h"],
    "stunde": SECONDS["h"], "day": SECONDS["d"], "days": SECONDS["d"], "tag": SECONDS["d"],
    "week": 7 * SECONDS["d"], "weeks": 7 * SECONDS["d"], "woche": 7 * SECONDS["d"],
}  # fmt: skip
_MONTH_WORDS = frozenset(("month", "months", "monat"))


def times_of(
    table: Rows, layout: Layout, roles: Mapping[int, tuple[str, str]], where: str, pointer: str
) -> tuple[Times | None, tuple[str, ...]]:
    """The time of each row; None where the file has none."""
    if not layout.time:
        return None, ()
    index = layout.time[0]
    time_format = roles.get(index, ("", ""))[1]
    if time_format and time_format not in FORMATS:
        message = f"{quoted(time_format)} is not a format of times: use one of {', '.join(FORMATS)}"
        raise InputError("/columns", message)
    cells = [cell.strip() for cell in table.column(index)]
    empty = next((row for row, cell in enumerate(cells) if not cell), None)
    if empty is not None:
        raise InputError(pointer, f"{where} line {table.lines[empty]} has no {table.headings[index]}")
    if len(layout.time) > 1:
        cells = [
            _joined(cells[row], [line[part].strip() for part in layout.time[1:]]) for row, line in enumerate(table.rows)
        ]
    counted = _counted(cells, table.headings[index]) if not time_format else None
    if counted is not None:
        return counted, counted.notes
    try:
        times = read_times(cells, time_format)
    except DateError as error:
        line = "" if error.row is None else f" line {table.lines[error.row]}"
        heading, text = table.headings[index], str(error)
        if "name the format" in text:
            text += f", e.g. --columns time=dd/mm/yyyy:{one_line(heading)}"
        message = f"{where}{line}, column {quoted(heading)}: {text}"
        raise InputError(pointer, message) from None
    if layout.zone is not None:
        offsets = [read_offset(cell) or 0.0 for cell in table.column(layout.zone)]
        seconds = [second - offset for second, offset in zip(times.seconds, offsets)]
        notes = tuple(note for note in times.notes if "read as UTC" not in note)
        times = times._replace(seconds=seconds, notes=(*notes, f"Zones are in {table.headings[layout.zone]}."))
    return times, times.notes


def _joined(first: str, rest: Sequence[str]) -> str:
    """A time from several cells: a date and a clock or an hour, or year, month, day and hour.

    >>> _joined("2026", ["3", "1"]), _joined("2026-03-01", ["14"])
    ('2026-03-01', '2026-03-01 14:00')
    """
    if len(first) == 4:
        date, clock = "-".join([first, *(f"{part:0>2}" for part in rest[:2])]), rest[2:]
    else:
        date, clock = first, rest
    return " ".join([date, *(part if ":" in part else f"{part:0>2}:00" for part in clock)])


def _counted(cells: Sequence[str], heading: str) -> Times | None:
    """Times from whole numbers that count hours, days, weeks or months; None for anything else."""
    words = words_of(heading)
    if not all(re.fullmatch(r"\d{1,4}", cell) for cell in cells) or any(
        re.fullmatch(r"20\d\d", cell) for cell in cells
    ):
        return None
    step = next((_STEP_WORDS[word] for word in words if word in _STEP_WORDS), None)
    numbers = [int(cell) for cell in cells]
    is_month = not step and any(word in _MONTH_WORDS for word in words)
    if step is None and not is_month:
        return None
    if numbers != sorted(set(numbers)):
        return None
    length = step or 365.2425 / 12 * SECONDS["d"]
    note = f"{heading} counts steps, without dates."
    return Times([(number - numbers[0]) * length for number in numbers], (note,), dated=False)


def counted_step(table: Rows, layout: Layout, times: Times) -> float:
    """Seconds in a step that the heading of counted times says; 0 without one."""
    if times.dated or not layout.time:
        return 0.0
    words = words_of(table.headings[layout.time[0]])
    return next((_STEP_WORDS[word] for word in words if word in _STEP_WORDS), 0.0)


def counted_months(table: Rows, layout: Layout, times: Times) -> int:
    """1 where the times count months, else 0."""
    return int(not times.dated and any(word in _MONTH_WORDS for word in words_of(table.headings[layout.time[0]])))

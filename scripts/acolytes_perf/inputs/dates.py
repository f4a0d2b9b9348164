"""Reads a column of times: the format is found from all of its cells together, or the column is refused.

Sources of the forms: ISO 8601-1:2019; RFC 2822 section 3.3; POSIX `date`; the Common Log Format of Apache httpd.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timezone
from typing import NamedTuple

from acolytes_perf.errors import quoted
from acolytes_perf.inputs.moments import EARLIEST, LATEST, show_time
from acolytes_perf.time_units import SECONDS

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: Formats that `--columns time=FORMAT:heading` may name.
DAY_FIRST, MONTH_FIRST = "dd/mm/yyyy", "mm/dd/yyyy"
_DIVISORS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
FORMATS = (DAY_FIRST, MONTH_FIRST, *_DIVISORS)

_ZONE = r"(?:\s*(Z|z|UTC|GMT|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?))?(?:\[[A-Za-z_]+/[A-Za-z_/]+\])?"
_CLOCK = r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?"
_TIME = rf"(?:[T ,]\s*{_CLOCK}{_ZONE})?"
_ISO = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.ASCII)
_MONTH = re.compile(r"(\d{4})[-/](\d{2})", re.ASCII)
_YEAR = re.compile(r"(?:19|20|21)\d\d", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{2})[/.](\d{4})", re.ASCII)
_WEEK = re.compile(r"(\d{4})-?[Ww](\d{2})(?:-?([1-7]))?", re.ASCII)
_QUARTER = re.compile(r"(\d{4})[- ]?[Qq]([1-4])|[Qq]([1-4])[- /]?(\d{4})", re.ASCII)
_NUMERIC = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}", re.ASCII)
_COMPACT = re.compile(
    r"((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:T?([01]\d|2[0-3])(?:([0-5]\d)([0-5]\d)?)?(Z)?)?", re.ASCII
)
_NUMBER = re.compile(r"-?\d{9,19}(?:\.\d+)?|\d(?:\.\d+)?[eE]\+?\d{1,2}", re.ASCII)
_NAMED = re.compile(
    rf"(?:[A-Za-z]{{3,9}},?\s+)?(?:(\d{{1,2}})(?:st|nd|rd|th)?[ /.-]+([^\W\d]{{3,9}})\.?"
    rf"|([^\W\d]{{3,9}})\.?\s+(\d{{1,2}})"
    rf"(?:st|nd|rd|th)?)[ ,/-]+(\d{{4}})(?:[:T ,]\s*{_CLOCK}{_ZONE})?"
)
_ASCTIME = re.compile(
    rf"[A-Za-z]{{3}}\s+([A-Za-z]{{3}})\s+(\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(\d{{4}})(?:\s+GMT[+-]\d+.*)?", re.ASCII
)
_MONTH_NAME = re.compile(r"([^\W\d]{3,9})\.?[ -]+(\d{4})|(\d{4})[ -]+([^\W\d]{3,9})")
_CLOCK_ONLY = re.compile(_CLOCK, re.ASCII)
_ABBREVIATION = re.compile(r".*\d\s*([A-Z]{2,5})$", re.ASCII)
_NAMES = (
    "jan january januar", "feb february februar", "mar march märz mrz", "apr april", "may mai", "jun june juni",
    "jul july juli", "aug august", "sep sept september", "oct october okt oktober", "nov november",
    "dec december dez dezember",
)  # fmt: skip
_MONTHS = {name: month for month, names in enumerate(_NAMES, 1) for name in names.split()}


class Times(NamedTuple):
    """Times of a column: seconds since 1970 in UTC, and notes on how they were read.

    `dated` is false for times of day, whose seconds count from midnight. `is_date_only` says that no cell has a time
    of day.
    """

    seconds: list[float]
    notes: tuple[str, ...] = ()
    dated: bool = True
    is_date_only: bool = False


class DateError(ValueError):
    """The cells are not times that have one meaning. `row` is the index of the cell, None for the whole column."""

    def __init__(self, message: str, row: int | None = None, *, looks_like_times: bool = False) -> None:
        super().__init__(message)
        self.row = row
        self.looks_like_times = looks_like_times


def read_times(cells: Sequence[str], time_format: str = "") -> Times:
    """The times of all cells, which must be in one format.

    Args:
        cells: the texts of the column, none of them empty.
        time_format: one of FORMATS where the user names it.

    Raises:
        DateError: a cell is no time, formats differ, or day and month could be exchanged.

    >>> read_times(["13.03.2026 14:00", "14.03.2026 14:00"]).seconds
    [1773410400.0, 1773496800.0]
    """
    cells = [cell.strip() for cell in cells]
    if not cells:
        raise DateError("has no times")
    if time_format in _DIVISORS:
        return Times([_epoch(cell, row, time_format) for row, cell in enumerate(cells)])
    for matches, read in _READERS:
        if matches(cells[0]):
            times = read(cells, time_format)
            for row, (cell, seconds) in enumerate(zip(cells, times.seconds)):
                if times.dated and not EARLIEST <= seconds <= LATEST:
                    raise DateError(f"{quoted(cell)} is not between {show_time(EARLIEST)} and {show_time(LATEST)}", row)
            return times
    hint = ": write it like 2026-03-01T14:00Z, 2026-03-01 or seconds since 1970"
    abbreviation = _ABBREVIATION.fullmatch(cells[0])
    if abbreviation and any(pattern.match(cells[0]) for pattern in (_ISO, _NUMERIC, _NAMED)):
        hint = f": the zone {abbreviation[1]} has several meanings, write it like +01:00"
        raise DateError(f"{quoted(cells[0])} is not understood as a time{hint}", 0, looks_like_times=True)
    raise DateError(f"{quoted(cells[0])} is not understood as a time{hint}", 0)


def _epoch(cell: str, row: int, unit: str) -> float:
    """Seconds of a number in a unit, divided once, so that nanoseconds keep their digits."""
    try:
        return int(cell) / _DIVISORS[unit] if cell.lstrip("-").isdecimal() else float(cell) / _DIVISORS[unit]
    except ValueError:
        raise DateError(f"{quoted(cell)} is not a number of {unit} since 1970", row) from None


def _read_numbers(cells: Sequence[str], _format: str) -> Times:
    """Numbers since 1970; seconds, ms, us or ns by their size, which must be the same in all cells."""
    units = []
    for row, cell in enumerate(cells):
        if not _NUMBER.fullmatch(cell):
            raise DateError(f"{quoted(cell)} is not a number since 1970, as the cells before it", row)
        digits = len(f"{abs(int(float(cell)))}")
        units.append("s" if digits <= 11 else "ms" if digits <= 14 else "us" if digits <= 17 else "ns")
        if units[row] != units[0]:
            message = f"{quoted(cell)} would be {units[row]} since 1970, but the cells before it are {units[0]}"
            raise DateError(message, row, looks_like_times=True)
    seconds = [_epoch(cell, row, units[0]) for row, cell in enumerate(cells)]
    return Times(seconds, () if units[0] == "s" else (f"Times are {units[0]} since 1970.",))


def _read_compact(cells: Sequence[str], _format: str) -> Times:
    seconds = []
    for row, cell in enumerate(cells):
        match = _COMPACT.fullmatch(cell)
        if not match:
            raise DateError(f"{quoted(cell)} is not a date like {cells[0]}", row)
        seconds.append(_moment(cell, row, match[1], match[2], match[3], match[4], match[5], match[6]))
    return Times(seconds, ("Times are read as yyyymmdd digits, in UTC.",), is_date_only=len(cells[0]) == 8)


def _read_with_clock(
    pattern: re.Pattern[str], date_of: Callable[[re.Match[str]], tuple[str | int, ...]], clock: int
) -> Callable[[Sequence[str], str], Times]:
    """A reader of dates with an optional clock and zone; `clock` is the group of its hour."""

    def read(cells: Sequence[str], _format: str) -> Times:
        seconds, zoned, local, has_clock = [], None, None, False
        for row, cell in enumerate(cells):
            match = pattern.fullmatch(cell)
            if not match:
                raise _other_format(cell, cells[0], row)
            year, month, day = date_of(match)
            parts = match.groups()[clock - 1 : clock + 5]
            moment = _moment(cell, row, year, month, day, *parts[:5])
            has_clock = has_clock or parts[0] is not None
            if parts[5]:
                zoned = row if zoned is None else zoned
            elif parts[0] is not None:
                local = row if local is None else local
            if zoned is not None and local is not None:
                first, second = (cells[zoned], cells[local])
                raise DateError(
                    f"{quoted(first)} has a zone, but {quoted(second)} has none", max(zoned, local),
                    looks_like_times=True,
                )  # fmt: skip
            seconds.append(moment - _offset(parts[5], cell, row))
        notes = ("Times without a zone are read as UTC.",) if zoned is None and has_clock else ()
        return Times(seconds, notes, is_date_only=not has_clock)

    return read


def _other_format(cell: str, first: str, row: int) -> DateError:
    abbreviation = _ABBREVIATION.fullmatch(cell)
    hint = f": the zone {abbreviation[1]} has several meanings, write it like +01:00" if abbreviation else ""
    return DateError(
        f"{quoted(cell)} is not a time in the form of {quoted(first)}{hint}", row, looks_like_times=row > 0
    )


def _moment(
    cell: str,
    row: int,
    year: str | int,
    month: str | int,
    day: str | int,
    hour: str | None = None,
    minute: str | None = None,
    second: str | None = None,
    fraction: str | None = None,
    half: str | None = None,
) -> float:
    """Seconds since 1970 of a calendar date and a clock, as UTC."""
    hours, minutes, seconds = int(hour or 0), int(minute or 0), int(second or 0)
    if half:
        if not 1 <= hours <= 12:
            raise DateError(f"{quoted(cell)} is not a time of day", row, looks_like_times=True)
        hours = hours % 12 + (12 if half[0] in "Pp" else 0)
    is_end_of_day = (hours, minutes, seconds) == (24, 0, 0)
    if not is_end_of_day and (hours > 23 or minutes > 59 or seconds > 60):
        raise DateError(f"{quoted(cell)} is not a time of day", row, looks_like_times=True)
    try:
        start = datetime(int(year), int(month), int(day), tzinfo=timezone.utc)
    except ValueError:
        raise DateError(f"{quoted(cell)} is not a date of the calendar", row, looks_like_times=True) from None
    clock = hours * SECONDS["h"] + minutes * SECONDS["min"] + seconds
    return (start - _EPOCH).total_seconds() + clock + (int(fraction) / 10 ** len(fraction) if fraction else 0.0)


def _offset(zone: str | None, cell: str, row: int) -> float:
    """Seconds that a zone is ahead of UTC: `+1`, `+01`, `+0100`, `+01:00` and `UTC+1` are the same."""
    digits = re.sub(r"[A-Za-z:]", "", zone or "")
    if not digits:
        return 0.0
    sign, number = (-1 if digits[0] == "-" else 1), digits[1:]
    hours, minutes = (int(number[:-2]), int(number[-2:])) if len(number) > 2 else (int(number), 0)
    if hours > 14 or minutes > 59:
        raise DateError(f"{quoted(cell)} has a zone more than 14 h from UTC", row, looks_like_times=True)
    return sign * (hours * SECONDS["h"] + minutes * SECONDS["min"])


def read_offset(cell: str) -> float | None:
    """Seconds ahead of UTC of a cell of a zone column, such as `+1` or `UTC`; None for anything else."""
    text = cell.strip()
    if not re.fullmatch(r"Z|UTC|GMT|(?:UTC|GMT)?[+-]?\d{1,2}(?::?\d{2})?", text, re.ASCII):
        return None
    if text[:1].isdigit():
        text = f"+{text}"
    try:
        return _offset(text, text, 0)
    except DateError:
        return None


def _read_numeric(cells: Sequence[str], time_format: str) -> Times:
    """Dates of three numbers, with the year last. Dots mean day first; slashes and dashes need a day above 12."""
    matches = []
    for row, cell in enumerate(cells):
        match = _NUMERIC.fullmatch(cell)
        if not match:
            raise _other_format(cell, cells[0], row)
        if len(match[4]) == 2 and not time_format and match[2] != ".":
            message = f"{quoted(cell)} has a year of two digits: write it like 2026-03-01, or name the format"
            raise DateError(message, row, looks_like_times=True)
        matches.append(match)
    firsts, seconds_ = [int(match[1]) for match in matches], [int(match[3]) for match in matches]
    day_first, month_first = max(seconds_) <= 12, max(firsts) <= 12
    order = time_format
    if not order:
        if not day_first and not month_first:
            row = next(row for row, second in enumerate(seconds_) if second > 12)
            message = (
                f"{quoted(cells[row])} has the month first, but {quoted(cells[firsts.index(max(firsts))])} has not"
            )
            raise DateError(message, row, looks_like_times=True)
        if day_first and month_first and matches[0][2] != ".":
            message = f"{quoted(cells[0])} could have the day or the month first, and so could all others"
            raise DateError(f"{message}: name the format, {DAY_FIRST} or {MONTH_FIRST}", 0, looks_like_times=True)
        order = DAY_FIRST if day_first else MONTH_FIRST
    day, month = (1, 3) if order == DAY_FIRST else (3, 1)
    reader = _read_with_clock(_NUMERIC, lambda match: (_full_year(match[4]), match[month], match[day]), 5)
    times = reader(cells, "")
    return times._replace(notes=(f"Dates are read as {order.replace('/', matches[0][2])}.", *times.notes))


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _named_date(match: re.Match[str]) -> tuple[str | int, ...]:
    name, day = match[2] or match[3], match[1] or match[4]
    return match[5], _MONTHS.get(name.lower(), 0), day


def _asctime_date(match: re.Match[str]) -> tuple[str | int, ...]:
    return match[9], _MONTHS.get(match[1].lower(), 0), match[2]


def _reader_of_dates(
    pattern: re.Pattern[str], date_of: Callable[[re.Match[str]], tuple[int, int, int]]
) -> Callable[[Sequence[str], str], Times]:
    """A reader of dates without a clock, such as months and weeks."""

    def read(cells: Sequence[str], _format: str) -> Times:
        seconds = []
        for row, cell in enumerate(cells):
            match = pattern.fullmatch(cell)
            if not match:
                raise _other_format(cell, cells[0], row)
            seconds.append(_moment(cell, row, *date_of(match)))
        return Times(seconds, is_date_only=True)

    return read


def _week_date(match: re.Match[str]) -> tuple[int, int, int]:
    try:
        day = date.fromisocalendar(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError:
        return int(match[1]), 0, 0  # refused as no date of the calendar
    return day.year, day.month, day.day


def _quarter_date(match: re.Match[str]) -> tuple[int, int, int]:
    return int(match[1] or match[4]), 3 * int(match[2] or match[3]) - 2, 1


def _month_name_date(match: re.Match[str]) -> tuple[int, int, int]:
    return int(match[2] or match[3]), _MONTHS.get((match[1] or match[4]).lower(), 0), 1


def _read_clocks(cells: Sequence[str], _format: str) -> Times:
    """Times of day within one day, in ascending order; without dates their day is unknown."""
    seconds = []
    for row, cell in enumerate(cells):
        match = _CLOCK_ONLY.fullmatch(cell)
        if not match:
            raise _other_format(cell, cells[0], row)
        seconds.append(_moment(cell, row, 1970, 1, 1, *match.groups()))
    return Times(seconds, dated=False)


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda cell: pattern.fullmatch(cell) is not None


_READERS: tuple[tuple[Callable[[str], bool], Callable[[Sequence[str], str], Times]], ...] = (
    (_matches(_YEAR), _reader_of_dates(re.compile(r"(\d{4})"), lambda match: (int(match[1]), 1, 1))),
    (_matches(_COMPACT), _read_compact),
    (_matches(_NUMBER), _read_numbers),
    (_matches(_ISO), _read_with_clock(_ISO, lambda match: (match[1], match[3], match[4]), 5)),
    (_matches(_MONTH), _reader_of_dates(_MONTH, lambda match: (int(match[1]), int(match[2]), 1))),
    (_matches(_MONTH_YEAR), _reader_of_dates(_MONTH_YEAR, lambda match: (int(match[2]), int(match[1]), 1))),
    (_matches(_WEEK), _reader_of_dates(_WEEK, _week_date)),
    (_matches(_QUARTER), _reader_of_dates(_QUARTER, _quarter_date)),
    (_matches(_NUMERIC), _read_numeric),
    (_matches(_NAMED), _read_with_clock(_NAMED, _named_date, 6)),
    (_matches(_ASCTIME), _read_with_clock(_ASCTIME, _asctime_date, 3)),
    (_matches(_MONTH_NAME), _reader_of_dates(_MONTH_NAME, _month_name_date)),
    (_matches(_CLOCK_ONLY), _read_clocks),
)

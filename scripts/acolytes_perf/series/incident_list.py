"""A list of incidents: when each began, how long it lasted, and which share of the requests failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.columns import listed
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.files import expand
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.timeline import EARLIEST, LATEST, TIME
from acolytes_perf.inputs.units import DURATION, RATIO
from acolytes_perf.time_units import SECONDS

if TYPE_CHECKING:
    from acolytes_perf.series.rows import Rows

INCIDENTS = Table(
    "incidents",
    (
        Field("date", TIME, "when it began", "2026-10-29", EARLIEST, LATEST, required=True),
        Field("duration", DURATION, "how long it lasted", "35min", 1, 366 * SECONDS["d"], required=True),
        Field("share", RATIO, "share of the requests that failed", "20%", 0, 1, default="100%"),
    ),
    "incidents, or files with columns such as date, minutes and share failed",
    "2026-10-29:35min:100%,2026-11-06:50min:20%",
    takes_files=True,
)
#: Words of headings by role, the most telling first.
_WORDS = {
    "date": ("date", "start", "started", "began", "begin", "from", "datum", "time", "timestamp", "when", "day"),
    "duration": ("duration", "minutes", "minute", "mins", "min", "dauer", "minuten", "hours", "hour", "seconds",
                 "length", "downtime", "lasted"),
    "share": ("share", "failed", "ratio", "failing", "fraction", "anteil", "affected", "errors", "impact"),
}  # fmt: skip
ROLES = tuple(_WORDS)
_ENDS = ("end", "ended", "until", "to", "resolved", "ende")
_UNIT_WORDS = {
    **dict.fromkeys(("minutes", "minute", "mins", "min", "minuten"), SECONDS["min"]),
    **dict.fromkeys(("hours", "hour", "h", "hrs", "stunden"), SECONDS["h"]),
    **dict.fromkeys(("seconds", "second", "secs", "sec", "s", "sekunden"), 1.0),
}


class IncidentRow(NamedTuple):
    """One incident: seconds since 1970, seconds, and the share of requests that failed."""

    start: float
    duration: float
    share: float

    @property
    def end(self) -> float:
        """Seconds since 1970."""
        return self.start + self.duration


class IncidentList(NamedTuple):
    """Incidents in order of time, and how they were read, in sentences."""

    rows: list[IncidentRow]
    notes: tuple[str, ...] = ()


def read_incidents(inputs: Inputs, columns: str | None, *, may_overlap: bool = False) -> IncidentList:
    """The incidents of the call, or of the files that it names.

    Args:
        inputs: with the input `incidents`.
        columns: the part of `--columns` for incidents.
        may_overlap: whether two incidents may go on at the same time.

    Raises:
        InputError: a file has no column for a date or a duration, or a cell is wrong; or incidents overlap.
    """
    notes: dict[str, None] = {}
    rows = inputs.rows("incidents")
    paths = inputs.texts("incidents")
    if paths:
        from acolytes_perf.series.read import read_table_rows  # only files need it

        raw: list[dict[str, object]] = []
        for path in expand(paths, "/incidents"):
            cells = read_table_rows(path, "/incidents")
            if cells is None:
                raise InputError("/incidents", f"{quoted(path)} is not a table: use CSV, TSV or NDJSON")
            raw += _from_table(cells, columns, quoted(path), notes)
        checked = INCIDENTS.read(raw)[1]
        assert isinstance(checked, list)
        rows = [row for row in checked if isinstance(row, Inputs)]
    elif columns:
        raise InputError("/columns", "has no effect: incidents are not from a file", {"columns": None})
    result = sorted(IncidentRow(row.number("date"), row.number("duration"), row.number("share")) for row in rows)
    for earlier, later in zip(result, result[1:]):
        if later.start < earlier.end - 1 and not may_overlap:
            message = "two incidents overlap, so that their failures would count twice: join them"
            raise InputError("/incidents", f"{message} ({TIME.show(earlier.start)} and {TIME.show(later.start)})")
    return IncidentList(result, tuple(notes))


def _from_table(cells: Rows, columns: str | None, where: str, notes: dict[str, None]) -> list[dict[str, object]]:
    from acolytes_perf.series.layout import words_of  # only files need these
    from acolytes_perf.series.role_columns import find_columns, unused_note

    places = find_columns(cells, columns, _WORDS, where)
    words = [words_of(heading) for heading in cells.headings]
    taken = {index for index, _ in places.values()}
    end = next((index for index in range(len(words)) if index not in taken and set(_ENDS) & set(words[index])), None)
    missing = [role for role in ("date", "duration") if role not in places and (role == "date" or end is None)]
    if missing:
        message = f"{where} has no column for {missing[0]}: its columns are {listed(cells.headings)}"
        raise InputError("/incidents", f"{message}; choose with --columns {missing[0]}=HEADING")
    starts = _times(cells, places["date"], where, notes)
    if "duration" in places:
        durations = _durations(cells, places["duration"], where)
    else:
        ends = _times(cells, (end or 0, ""), where, notes)
        durations = [last - first for first, last in zip(starts, ends)]
    shares = _shares(cells, places["share"], where) if "share" in places else [1.0] * len(starts)
    if "share" not in places:
        notes[f"{where} has no share of failed requests: all requests count as failed in each incident."] = None
    used = [index for index, _ in places.values()]
    if "duration" not in places and end is not None:
        used.append(end)
    if unused := unused_note(cells, used, where):
        notes[unused] = None
    return [
        {"date": TIME.show(start), "duration": f"{duration:.15g}s", "share": f"{share:.15g}"}
        for start, duration, share in zip(starts, durations, shares)
    ]


def _times(cells: Rows, place: tuple[int, str], where: str, notes: dict[str, None]) -> list[float]:
    from acolytes_perf.inputs.dates import DateError, read_times  # only files need it

    index, time_format = place
    try:
        times = read_times([cell.strip() for cell in cells.column(index)], time_format)
    except DateError as error:
        raise _wrong_cell(cells, index, error.row, where, str(error)) from None
    notes.update(dict.fromkeys(times.notes))
    return list(times.seconds)


def _durations(cells: Rows, place: tuple[int, str], where: str) -> list[float]:
    from acolytes_perf.series.cells import heading_unit  # only files need it
    from acolytes_perf.series.layout import words_of

    index, unit = place
    heading = cells.headings[index]
    named = unit or heading_unit(heading)
    factor = next((_UNIT_WORDS[word] for word in words_of(heading) if word in _UNIT_WORDS), None)
    values, numbers_unit = _numbers(cells, index, unit, where)
    if numbers_unit == "s":
        return values
    if numbers_unit or named or factor is None:
        message = (
            "is not a duration" if numbers_unit else "has no unit: name it, e.g. --columns duration=min:" + heading
        )
        raise InputError("/incidents", f"{where}, column {quoted(heading)} {message}")
    return [value * factor for value in values]


def _shares(cells: Rows, place: tuple[int, str], where: str) -> list[float]:
    index, unit = place
    values, _ = _numbers(cells, index, unit, where)
    row = next((row for row, value in enumerate(values) if not 0 <= value <= 1), None)
    if row is not None:
        text = cells.rows[row][index].strip()
        message = f"{quoted(text)} is not a share between 0 % and 100 %"
        if text.replace(".", "", 1).isdigit():
            message = f"{quoted(text)} is not a share between 0 and 1: write {text}%, or name the unit with --columns "
            message += f"share=%:{cells.headings[index]}"
        raise _wrong_cell(cells, index, row, where, message)
    return values


def _numbers(cells: Rows, index: int, unit: str, where: str) -> tuple[list[float], str]:
    """The numbers of a column, of which none may be missing, and their unit."""
    from acolytes_perf.series.cells import NumberError, read_numbers  # only files need it

    try:
        numbers = read_numbers([cell.strip() for cell in cells.column(index)], cells.headings[index], unit)
    except NumberError as error:
        raise _wrong_cell(cells, index, error.row, where, str(error)) from None
    values: Sequence[float | None] = numbers.values
    row = next((row for row, value in enumerate(values) if value is None), None)
    if row is not None:
        raise _wrong_cell(cells, index, row, where, "has no value")
    return [value for value in values if value is not None], numbers.unit


def _wrong_cell(cells: Rows, index: int, row: int | None, where: str, message: str) -> InputError:
    line = "" if row is None else f" line {cells.lines[row]}"
    return InputError("/incidents", f"{where}{line}, column {quoted(cells.headings[index])}: {message}")

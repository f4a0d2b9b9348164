"""A list of events such as deploys: when each was, and its name; from the call, or from files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError, one_line, quoted
from acolytes_perf.inputs.columns import listed
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.files import expand
from acolytes_perf.inputs.quantity import QuantityError
from acolytes_perf.inputs.tables import names_files
from acolytes_perf.inputs.timeline import EARLIEST, LATEST, TIME
from acolytes_perf.inputs.units import TEXT
from acolytes_perf.series.series_input import columns_for

_MOST_EVENTS = 10_000
EVENTS = Field(
    "events", TEXT, "deploys or other events as NAME=TIME, or files with columns such as time and name",
    "v2.1=2026-03-11T14:00Z,v2.2=2026-03-18", max_items=1000, is_file=True, aliases=("deploys", "deployments", "event"),
)  # fmt: skip
#: Words of headings by role, the most telling first.
_WORDS = {
    "event_time": ("time", "timestamp", "date", "datetime", "when", "at", "created", "deployed", "released", "started",
                   "start", "ts", "day"),
    "event": ("name", "event", "version", "release", "tag", "title", "deploy", "deployment", "text", "ref",
              "commit", "sha", "description", "message", "service", "id"),
}  # fmt: skip
#: Roles of `--columns` for files of events.
EVENT_ROLES = tuple(_WORDS)


class Event(NamedTuple):
    """When it was, in seconds since 1970, and its name; empty where it has none."""

    time: float
    name: str

    @property
    def title(self) -> str:
        """Name and time.

        >>> Event(1772323200.0, "v2").title
        'v2 (2026-03-01)'
        """
        return f"{self.name} ({TIME.show(self.time)})" if self.name else str(TIME.show(self.time))


class EventList(NamedTuple):
    """Events in order of time, and how files were read, in sentences."""

    events: list[Event]
    notes: tuple[str, ...] = ()


def read_events(inputs: Inputs, other_roles: Sequence[str]) -> EventList:
    """The events of the call, or of the files that it names.

    Args:
        inputs: of the call.
        other_roles: roles of `--columns` that belong to other inputs.

    Raises:
        InputError: a time is not understood, or a file has no column of times.
    """
    texts = inputs.texts("events")
    columns = columns_for(inputs, EVENT_ROLES, other_roles)
    notes: dict[str, None] = {}
    events: list[Event] = []
    if texts and names_files(",".join(texts)):
        for path in expand(texts, "/events"):
            events += _from_file(path, columns, notes)
    elif columns:
        raise InputError("/columns", "has no effect on events: they are not from a file", {"columns": None})
    else:
        events = [_from_text(text, index) for index, text in enumerate(texts)]
    twice = next((event for event, count in Counter(events).items() if count > 1), None)
    if twice:
        raise InputError("/events", f"has {quoted(twice.name)} at the same time twice: leave one out")
    if len(events) > _MOST_EVENTS:
        raise InputError("/events", f"has {len(events)} events, and {_MOST_EVENTS} is the most: choose fewer")
    return EventList(sorted(events), tuple(notes))


def _from_text(text: str, index: int) -> Event:
    name, _, time = text.rpartition("=")
    try:
        seconds = float(TIME.read(time.strip(), "2026-03-11T14:00Z"))
    except QuantityError as error:
        message = f"{quoted(text)} is not NAME=TIME, nor the name of a file: {quoted(time.strip())} {error}"
        raise InputError(f"/events/{index}", message) from None
    if not EARLIEST <= seconds <= LATEST:
        raise InputError(f"/events/{index}", f"{quoted(text)} is not between 1900 and 2200")
    if not name.strip():
        raise InputError(
            f"/events/{index}", f"{quoted(text)} has no name: write NAME=TIME, like v2.1=2026-03-11T14:00Z"
        )
    return Event(seconds, one_line(name.strip()))


def _from_file(path: str, columns: str | None, notes: dict[str, None]) -> list[Event]:
    from acolytes_perf.inputs.dates import DateError, read_times  # only files need these
    from acolytes_perf.series.read import read_table_rows
    from acolytes_perf.series.role_columns import find_columns, unused_note

    where = quoted(path)
    cells = read_table_rows(path, "/events")
    if cells is None:
        raise InputError("/events", f"{where} is not a table: use CSV, TSV or NDJSON with a column of times")
    places = find_columns(cells, columns, _WORDS, where)
    if "event_time" not in places:
        message = f"{where} has no column of times: its columns are {listed(cells.headings)}"
        raise InputError("/events", f"{message}; choose with --columns event_time=HEADING")
    index, time_format = places["event_time"]
    try:
        times = read_times([cell.strip() for cell in cells.column(index)], time_format)
    except DateError as error:
        line = "" if error.row is None else f" line {cells.lines[error.row]}"
        message = f"{where}{line}, column {quoted(cells.headings[index])}: {error}"
        raise InputError("/events", message) from None
    notes.update(dict.fromkeys(times.notes))
    names_column = [""] * len(times.seconds)
    if "event" in places:
        names_column = [one_line(cell.strip()) for cell in cells.column(places["event"][0])]
    if unused := unused_note(cells, (place for place, _ in places.values()), where):
        notes[unused] = None
    return [Event(seconds, name) for seconds, name in zip(times.seconds, names_column)]

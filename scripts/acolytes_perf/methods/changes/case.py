"""A history with its changes and the events beside it, as a call means them."""

from __future__ import annotations

import functools

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.demand_quantity import display_unit
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.methods.changes.near_events import NearEvents, near_events
from acolytes_perf.methods.changes.points import ChangePoint
from acolytes_perf.methods.changes.series import SeriesChanges, check_season, find_changes
from acolytes_perf.series.demand_history import History, read_history, usual_seasons
from acolytes_perf.series.event_list import EVENT_ROLES, EventList, read_events
from acolytes_perf.series.series_input import columns_for
from acolytes_perf.wording import format_quantity, pluralize

#: Roles of `--columns` for the files of the history.
_HISTORY_ROLES = ("time", "label", "value")


@functools.lru_cache(maxsize=1)
def read_changes(inputs: Inputs) -> ChangeCase:
    """The case of a call; answer and picture share it, since standard input can be read only once.

    Raises:
        InputError: history or events are wrong.
        CannotAnswerError: the history is too short.
    """
    return ChangeCase(inputs)


class ChangeCase:
    """The history with its changes and events, and where each lies.

    Attributes:
        history: as read.
        unit: in which values are shown.
        divisor: of the base unit in that unit.
        found: the changes and how they were found.
        events: those within the history.
        near: for each change its events; empty without events.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.history = history = read_history(inputs, EVENT_ROLES)
        self.events = _events(inputs, history)
        self.unit, self.divisor = display_unit(history.unit, max(abs(value or 0) for value in history.values))
        season = inputs.optional("season")
        if season is not None:
            check_season(int(season), len(history.values))
        seasons = usual_seasons(history.grid) if season is None else [int(season)]
        self.found: SeriesChanges = find_changes(history.values, seasons, int(inputs.number("least")))
        self.near: list[NearEvents] = []
        if self.events.events:
            before = inputs.optional("near")
            self.near = [
                near_events(
                    change, self.found.positions, history.grid, self.events.events,
                    history.grid.step if before is None else before,
                )
                for change in self.changes
            ]  # fmt: skip

    @property
    def changes(self) -> list[ChangePoint]:
        """The changes in order of time."""
        return self.found.segments.changes

    def place(self, index: int) -> str:
        """The time of a present value, or its number where the history has no times."""
        position = self.found.positions[index]
        grid = self.history.grid
        return f"value {position + 1}" if grid.start is None else show_time(grid.time_at(position))

    def is_last_change_up(self) -> bool | None:
        """Whether the last change went up; None without any change."""
        return self.changes[-1].size > 0 if self.changes else None

    def show(self, value: float) -> str:
        """Writes a value of the history for people."""
        return format_quantity(value / self.divisor, self.unit)


def _events(inputs: Inputs, history: History) -> EventList:
    """The events within the history."""
    columns = columns_for(inputs, _HISTORY_ROLES, EVENT_ROLES)
    if columns and not inputs.texts("history"):
        message = "has no effect on the history: it is not from a file"
        raise InputError("/columns", message, {"columns": None})
    if "events" not in inputs:
        if "near" in inputs:
            raise InputError("/near", "has no effect without events", {"near": None})
        read_events(inputs, _HISTORY_ROLES)
        return EventList([])
    read = read_events(inputs, _HISTORY_ROLES)
    grid = history.grid
    if grid.start is None:
        raise InputError("/events", "need a history with times: add a column of times to it")
    first, last = grid.start, grid.time_at(history.last_index) + grid.step
    events = [event for event in read.events if first - grid.step <= event.time <= last]
    outside = len(read.events) - len(events)
    if not events:
        message = f"has no event between {show_time(first)} and {show_time(grid.time_at(history.last_index))}"
        raise InputError("/events", f"{message}, the times of the history: check the dates and the zone")
    notes = read.notes
    if outside:
        notes = (
            *notes,
            f"{pluralize(outside, 'event')} outside the history {'is' if outside == 1 else 'are'} left out.",
        )
    return EventList(events, notes)

"""`--calendar`: special days with names, placed on the time grid of a history."""

from __future__ import annotations

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.timeline import EARLIEST, LATEST, TIME, show_time
from acolytes_perf.inputs.units import TEXT
from acolytes_perf.methods.forecasting.special_days import SpecialDay
from acolytes_perf.series.demand_history import History

CALENDAR = Table(
    "calendar",
    (
        Field("date", TIME, "a special day", "2026-11-27", EARLIEST, LATEST, required=True, aliases=("day", "ds")),
        Field(
            "name", TEXT, "what it is; days of one name are alike", "sale", aliases=("event", "holiday"),
        ),
    ),
    "special days, left out of the fit; past days of a name give the effect on later ones",
    "2025-11-28:sale,2026-11-27:sale",
    aliases=("events", "holidays", "special_days"),
)  # fmt: skip


def read_calendar(inputs: Inputs, history: History) -> list[SpecialDay]:
    """The days of the calendar on the grid of the history; empty without a calendar.

    Raises:
        InputError: the history has no times, or a day is before it.
    """
    rows = inputs.rows("calendar")
    if rows and history.grid.start is None:
        raise InputError("/calendar", "has dates, but the history has no times: leave it out", {"calendar": None})
    grid, days = history.grid, []
    for index, row in enumerate(rows):
        time = row.number("date")
        first = grid.last_index_until(time)
        if grid.time_at(first) < time and history.steps_in_day > 1:
            first += 1
        steps = range(max(0, first), first + history.steps_in_day)
        if not steps:
            message = f"{show_time(time)} is before the history: leave it out"
            raise InputError(f"/calendar/{index}/date", message)
        days.append(SpecialDay(row.text("name") or "", steps))
    return days

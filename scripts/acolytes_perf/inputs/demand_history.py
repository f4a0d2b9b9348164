"""A demand history from rows: one unit, even steps, gaps, and the usual seasons of its step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.demand_quantity import DemandQuantity, demand_quantity
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.timeline import EARLIEST, LATEST, TIME, TimeGrid, place_on_grid
from acolytes_perf.time_units import SECONDS

_MAX_SEASON = 2000
#: Names of units in errors.
_UNIT_NAMES = {"": "a number", "1/s": "a rate", "ratio": "a share", "s": "a time", "erlang": "a load", "B": "bytes"}


class History(NamedTuple):
    """Values on a time grid.

    Attributes:
        values: in base units, None for a gap; the last one is present.
        unit: empty, 1/s, ratio, s, erlang, or B.
        grid: the time of each value.
    """

    values: Sequence[float | None]
    unit: str
    grid: TimeGrid

    @property
    def last_index(self) -> int:
        """Index of the last value."""
        return len(self.values) - 1

    def seconds_after(self, steps: int) -> float:
        """Seconds from the last value to so many steps later."""
        return self.grid.time_at(self.last_index + steps) - self.grid.time_at(self.last_index)


def history_table(value: Field) -> Table:
    """The input that `read_history` reads; `value` is its column of demand."""
    time = Field(
        "time", TIME, "when, ISO 8601 (UTC without a zone) or seconds since 1970", "2026-03-01", EARLIEST, LATEST,
        aliases=("timestamp", "date", "datetime", "ds", "month", "day", "hour"),
    )  # fmt: skip
    doc = "demand at even steps, oldest first or with times; in a file also as CSV"
    return Table("history", (value, time), doc, "112,118,132,129", max_rows=20_000, required=True)


def read_history(inputs: Inputs) -> History:
    """Places the checked rows on their grid.

    Raises:
        InputError: units differ, times are missing in some rows, or a time is not on the grid.
        CannotAnswerError: most values are missing.
    """
    rows = inputs.rows("history")
    quantities = [read_quantity(row, "value") for row in rows]
    units = {value.unit: row for row, value in reversed(list(enumerate(quantities))) if value is not None}
    if len(units) > 1:
        _refuse_units(units)
    if not units:
        raise InputError("/history", "has no value in any of its rows")
    values = [None if quantity is None else quantity.number for quantity in quantities]
    timed = sum("time" in row for row in rows)
    if 0 < timed < len(rows):
        bare = next(index for index, row in enumerate(rows) if "time" not in row)
        raise InputError(
            f"/history/{bare}/time", "is missing, but other rows have one: give a time in all rows or in none"
        )
    if not timed:
        step = inputs.optional("step") or SECONDS["d"]
        return History(_without_trailing_gaps(values), next(iter(units), ""), TimeGrid(None, step))
    if "step" in inputs:
        raise InputError("/step", "follows from the times of the history: leave it out", {"step": None})
    grid, indices = place_on_grid([row.number("time") for row in rows])
    on_grid: list[float | None] = [None] * (max(indices) + 1)
    for index, value in zip(indices, values):
        on_grid[index] = value
    return History(_without_trailing_gaps(on_grid), next(iter(units), ""), grid)


def _without_trailing_gaps(values: Sequence[float | None]) -> Sequence[float | None]:
    return values[: max((count for count, value in enumerate(values, 1) if value is not None), default=0)]


def read_quantity(inputs: Inputs, name: str) -> DemandQuantity | None:
    """The quantity of an input; None without one."""
    text = inputs.text(name)
    if text is not None:
        return demand_quantity(text)
    number = inputs.optional(name)
    return None if number is None else DemandQuantity(number, "")


def _refuse_units(units: dict[str, int]) -> None:
    """Refuses several units; `units` has the first row of each."""
    (first, unit), (row, other) = sorted((row, unit) for unit, row in units.items())[:2]
    message = f"is {_UNIT_NAMES[other]}, but row {first} is {_UNIT_NAMES[unit]}: write all in one unit"
    raise InputError(f"/history/{row}/value", message)


def read_capacity(inputs: Inputs, unit: str) -> float | None:
    """The capacity in base units; None without one. Raises InputError where its unit is not that of the demand."""
    capacity = read_quantity(inputs, "capacity")
    if capacity is not None and capacity.unit != unit:
        message = f"is {_UNIT_NAMES[capacity.unit]}, but the demand is {_UNIT_NAMES[unit]}: use one unit"
        if not unit:
            message += ", in a file by a heading such as `demand [/s]`"
        raise InputError("/capacity", message)
    return None if capacity is None else capacity.number


def usual_seasons(grid: TimeGrid) -> list[int]:
    """Steps in the usual seasons, the longest first: a week and a day, or a year of months.

    >>> usual_seasons(TimeGrid(None, 3600.0))
    [168, 24]
    """
    if grid.months:
        return [12 // grid.months] if 12 % grid.months == 0 and grid.months < 12 else []
    seasons = []
    for cycle in (7 * SECONDS["d"], SECONDS["d"]):
        steps = round(cycle / grid.step)
        if 2 <= steps <= _MAX_SEASON and abs(steps * grid.step - cycle) <= 1e-3 * cycle:
            seasons.append(steps)
    return seasons

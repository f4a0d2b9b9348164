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
from acolytes_perf.wording import format_quantity

_MAX_SEASON = 2000
MAX_STEPS = 20_000
#: How much `step` may differ from the step of the times.
_SAME_STEP = 0.01
#: Other names of a column of demand.
DEMAND_NAMES = tuple(
    "demand load rate y requests users usage passengers value rps qps tps throughput".split()  # noqa: SIM905
)
#: Names of units in errors.
_UNIT_NAMES = {"": "a number", "1/s": "a rate", "ratio": "a share", "s": "a time", "erlang": "a load", "B": "bytes"}


class History(NamedTuple):
    """Values on a time grid.

    Attributes:
        values: in base units, None for a gap; the last one is present.
        unit: empty, 1/s, ratio, s, erlang, or B.
        grid: the time of each value.
        notes: how files were read, in sentences.
        is_from_files: whether the values are from files, which `--unit` can give a unit.
    """

    values: Sequence[float | None]
    unit: str
    grid: TimeGrid
    notes: tuple[str, ...] = ()
    is_from_files: bool = False

    @property
    def last_index(self) -> int:
        """Index of the last value."""
        return len(self.values) - 1

    @property
    def steps_in_day(self) -> int:
        """Steps in a day where there are several; 1 for longer steps, and for those that do not divide a day."""
        steps = round(SECONDS["d"] / self.grid.step)
        return steps if steps > 1 and abs(steps * self.grid.step - SECONDS["d"]) <= 1e-3 * SECONDS["d"] else 1

    def seconds_after(self, steps: int) -> float:
        """Seconds from the last value to so many steps later."""
        return self.grid.time_at(self.last_index + steps) - self.grid.time_at(self.last_index)


def history_table(value: Field) -> Table:
    """The input that `read_history` reads; `value` is its column of demand."""
    time = Field(
        "time", TIME, "when, ISO 8601 (UTC without a zone) or seconds since 1970", "2026-03-01", EARLIEST, LATEST,
        aliases=("timestamp", "date", "datetime", "ds", "month", "day", "hour"),
    )  # fmt: skip
    doc = "demand at even steps, oldest first or with times; or files: CSV, Prometheus, CloudWatch, OTLP, ..."
    return Table("history", (value, time), doc, "112,118,132,129", max_rows=MAX_STEPS, required=True, takes_files=True)


def read_history(inputs: Inputs, other_roles: Sequence[str] = ()) -> History:
    """Places the checked rows, or the series of the files, on their grid.

    Args:
        inputs: of the call.
        other_roles: roles of `--columns` that belong to other inputs of the command.

    Raises:
        InputError: units differ, times are missing in some rows, or a time is not on the grid.
        CannotAnswerError: most values are missing.
    """
    if inputs.texts("history"):
        return _read_files(inputs, other_roles)._replace(is_from_files=True)
    for name in inputs.present("columns", "select", "combine", "unit", "kind", "quantile"):
        if name == "columns" and other_roles:
            continue
        raise InputError(f"/{name}", "has no effect: the history is not from a file", {name: None})
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
    grid, indices = place_on_grid([row.number("time") for row in rows])
    _check_step(inputs, grid)
    on_grid: list[float | None] = [None] * (max(indices) + 1)
    for index, value in zip(indices, values):
        on_grid[index] = value
    return History(_without_trailing_gaps(on_grid), next(iter(units), ""), grid)


def _read_files(inputs: Inputs, other_roles: Sequence[str]) -> History:
    """The history of the series that the files and their options mean."""
    from acolytes_perf.series.choose import longer_steps
    from acolytes_perf.series.demand import demand_series

    series = demand_series(inputs, "history", DEMAND_NAMES, other_roles)
    step = inputs.optional("step")
    series = (longer_steps(series, step) if step else None) or series
    count = len(series.values)
    if count > MAX_STEPS:
        message = f"has {count} steps of {series.step_text}, more than {MAX_STEPS}: give a longer step, e.g. --step 1h"
        raise InputError("/history", message)
    values = _without_trailing_gaps(series.values)
    notes = series.notes
    if not series.dated:
        if not series.step:
            step = inputs.optional("step") or SECONDS["d"]
            if "step" not in inputs:
                notes = (*notes, "The file has no times: its values are taken to be one a day (see --step).")
            return History(values, series.unit, TimeGrid(None, step), notes)
        grid = TimeGrid(None, series.step, series.months)
        _check_step(inputs, grid)
        return History(values, series.unit, grid, notes)
    if series.even and not series.months and count > 1:
        span = series.times[-1] - series.times[0]
        # a step that is a little off would lead away from the last points
        is_exact = abs(span - (count - 1) * series.step) <= 0.2 * series.step
        grid = TimeGrid(series.times[0], series.step if is_exact else span / (count - 1))
    else:
        grid, indices = place_on_grid(series.times)
        by_index = dict(zip(indices, series.values))
        values = _without_trailing_gaps([by_index.get(index) for index in range(max(indices) + 1)])
    _check_step(inputs, grid)
    return History(values, series.unit, grid, notes)


def _check_step(inputs: Inputs, grid: TimeGrid) -> None:
    """Refuses a step that contradicts the times."""
    step = inputs.optional("step")
    if step is not None and abs(step - grid.step) > _SAME_STEP * grid.step:
        message = f"is {format_quantity(step, 's')}, but the times of the history are {grid.step_text} apart"
        raise InputError("/step", f"{message}: leave it out", {"step": None})


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


def read_capacity(inputs: Inputs, history: History, name: str = "capacity") -> float | None:
    """The capacity in base units; None without one. Raises InputError where its unit is not that of the demand."""
    capacity = read_quantity(inputs, name)
    if capacity is not None:
        check_unit(capacity.unit, history, f"/{name}")
    return None if capacity is None else capacity.number


def check_unit(unit: str, history: History, pointer: str, *, heading: str = "") -> None:
    """Raises InputError where the unit of a capacity is not that of the demand.

    Args:
        unit: of the capacity.
        history: the demand.
        pointer: the place of the capacity in the input.
        heading: the role of its column, for one that may come from a file.
    """
    demand = history.unit
    if unit != demand:
        message = f"is {_UNIT_NAMES[unit]}, but the demand is {_UNIT_NAMES[demand]}: use one unit"
        if not demand and history.is_from_files and unit == "1/s":
            raise InputError(pointer, f"{message}, with --unit /s where the history is per second", {"unit": "/s"})
        if not demand:
            message += ", for a file with --unit or by a heading such as `demand [/s]`"
        elif not unit and demand == "1/s":
            message += f", for a file with --columns {heading}=/s:HEADING" if heading else ", for example 160/s"
        raise InputError(pointer, message)


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

"""The history of a demand as rows give it: one unit, even steps, gaps, and the seasons that its step suggests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.amount import Amount, amount
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.timeline import EARLIEST, LATEST, TIME, Grid, placed
from acolytes_perf.inputs.units import SECONDS

_MOST_SEASON = 2000
#: What a unit is called in a refusal.
_CALLED = {"": "a number", "1/s": "a rate", "ratio": "a share", "s": "a time", "erlang": "a load", "B": "bytes"}


class History(NamedTuple):
    """Values in base units at the places of a grid, None for a gap; the last is none."""

    values: Sequence[float | None]
    unit: str
    grid: Grid

    @property
    def last(self) -> int:
        """The place of the last value."""
        return len(self.values) - 1

    def after(self, steps: int) -> float:
        """Seconds from the last value to so many steps later."""
        return self.grid.at(self.last + steps) - self.grid.at(self.last)


def history_table(value: Field) -> Table:
    """The input that `read` reads."""
    time = Field(
        "time", TIME, "when, ISO 8601 (UTC without a zone) or seconds since 1970", "2026-03-01", EARLIEST, LATEST,
        also=("timestamp", "date", "datetime", "ds", "month", "day", "hour"),
    )  # fmt: skip
    doc = "demand at even steps, oldest first or with times; in a file also as CSV"
    return Table("history", (value, time), doc, "112,118,132,129", most_rows=20_000, required=True)


def read(inputs: Inputs) -> History:
    """The checked rows on their grid; InputError where units or times do not go together."""
    rows = inputs.rows("history")
    amounts = [of(row, "value") for row in rows]
    units = {found.unit: at for at, found in reversed(list(enumerate(amounts))) if found is not None}
    if len(units) > 1:
        _refuse_units(units)
    if not units:
        raise InputError("/history", "has no value in any of its rows")
    values = [None if found is None else found.number for found in amounts]
    timed = sum("time" in row for row in rows)
    if 0 < timed < len(rows):
        bare = next(at for at, row in enumerate(rows) if "time" not in row)
        raise InputError(f"/history/{bare}/time", "is missing, and other rows have one: give all of them or none")
    if not timed:
        step = inputs.optional("step") or SECONDS["d"]
        return History(_known(values), next(iter(units), ""), Grid(None, step))
    if "step" in inputs:
        raise InputError("/step", "follows from the times of the history: leave it out", {"step": None})
    grid, places = placed([row.number("time") for row in rows])
    spread: list[float | None] = [None] * (max(places) + 1)
    for place, value in zip(places, values):
        spread[place] = value
    return History(_known(spread), next(iter(units), ""), grid)


def _known(values: Sequence[float | None]) -> Sequence[float | None]:
    """The values without gaps behind the last: a history ends where it is known."""
    return values[: max((at for at, value in enumerate(values, 1) if value is not None), default=0)]


def of(inputs: Inputs, name: str) -> Amount | None:
    """The amount of an input, None where it was not given."""
    text = inputs.text(name)
    if text is not None:
        return amount(text)
    number = inputs.optional(name)
    return None if number is None else Amount(number, "")


def _refuse_units(units: dict[str, int]) -> None:
    """`units` has the first row of each."""
    (first, unit), (row, other) = sorted((at, unit) for unit, at in units.items())[:2]
    message = f"is {_CALLED[other]}, and row {first} is {_CALLED[unit]}: write all in one unit"
    raise InputError(f"/history/{row}/value", message)


def capacity(inputs: Inputs, unit: str) -> float | None:
    """The capacity in base units; InputError where its unit is not the demand's."""
    found = of(inputs, "capacity")
    if found is not None and found.unit != unit:
        message = f"is {_CALLED[found.unit]}, and the demand is {_CALLED[unit]}: use one unit"
        if not unit:
            message += ", in a file by a heading such as `demand [/s]`"
        raise InputError("/capacity", message)
    return None if found is None else found.number


def usual_seasons(grid: Grid) -> list[int]:
    """Steps of the seasons that the step suggests, the longest first: a week and a day, or a year of months."""
    if grid.months:
        return [12 // grid.months] if 12 % grid.months == 0 and grid.months < 12 else []
    found = []
    for cycle in (7 * SECONDS["d"], SECONDS["d"]):
        steps = round(cycle / grid.step)
        if 2 <= steps <= _MOST_SEASON and abs(steps * grid.step - cycle) <= 1e-3 * cycle:
            found.append(steps)
    return found

"""A checked call of a run-out: the history, the outlook that was chosen, and its random futures up to the horizon."""

from __future__ import annotations

import math
from typing import NamedTuple

from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs import demand_history
from acolytes_perf.inputs.amount import Shown, shown_in
from acolytes_perf.inputs.demand_history import History
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.timeline import show
from acolytes_perf.methods.forecasting import METHODS, forecast
from acolytes_perf.methods.outlook import Outlook, ahead_of, needed, outlook, takes
from acolytes_perf.wording import format_quantity, pluralize

_MOST_STEPS = 3000


class Case(NamedTuple):
    """A checked call: the history, what was made of it, and its random futures in the unit shown."""

    history: History
    found: Outlook
    wanting: int
    shown: Shown
    capacity: float | None
    centre: list[float]
    limits: list[tuple[float, float]]
    paths: list[list[float]]


def case_of(inputs: Inputs) -> Case:
    """Reads, chooses and simulates; InputError or CannotAnswerError where that is not possible."""
    history = demand_history.read(inputs)
    capacity = demand_history.capacity(inputs, history.unit)
    held = int(inputs.optional("held_out") or 0) or None
    seasons, wanting = _seasons(inputs, history, held)
    steps = _steps(inputs, history, max(seasons))
    asked = inputs.text("method") or "auto"
    methods = METHODS if asked == "auto" else (asked,)
    found = outlook(history.values, seasons, methods, held, tidied=inputs.text("shifts") != "ignore")
    if found is None:
        message = f"the {asked} method does not suit values at 0 or near it; missing: values above 0"
        raise CannotAnswerError("/method", message)
    largest = max(value for value in history.values if value is not None)
    shown = shown_in(history.unit, largest)
    ahead = ahead_of(found, steps, int(inputs.number("seed")), shown.scale)
    if not all(map(math.isfinite, (*ahead.limits[-1], ahead.centre[-1], *map(max, ahead.paths)))):
        raise CannotAnswerError("/history", "the values vary too much for so far a look; missing: a shorter horizon")
    return Case(history, found, wanting, shown, None if capacity is None else capacity / shown.scale, *ahead)


def _seasons(inputs: Inputs, history: History, held: int | None) -> tuple[list[int], int]:
    """The seasons to choose from, and how many more values the one given up for want of them takes."""
    asked = int(inputs.optional("season") or 0)
    usual = [asked] if asked else [*demand_history.usual_seasons(history.grid), 1]
    more = {season: takes(history.values, season, held) for season in usual}
    enough = [season for season in usual if not more[season]]
    if not enough:
        season = usual[-1]
        message = f"a season of {season} takes {needed(season)} values, and others to judge by; missing: "
        raise CannotAnswerError("/history", f"{message}{pluralize(more[season], 'more value')}, or a shorter season")
    return enough, more[usual[0]]


def _steps(inputs: Inputs, history: History, season: int) -> int:
    """How many steps the horizon has after the last value."""
    for name in inputs.given("by", "now"):
        if history.grid.start is None:
            raise InputError(f"/{name}", "is a date, and the history has no times: give a horizon", {name: None})
    if "by" in inputs and "horizon" in inputs:
        raise InputError("/by", "and a horizon are both given: leave one out", {"horizon": None})
    last = history.grid.at(history.last)
    start = inputs.optional("now")
    start = last if start is None else start
    steps = max(12, 2 * season)
    if "by" in inputs:
        steps = history.grid.places_to(inputs.number("by")) - history.last
        if steps < 1:
            raise InputError("/by", f"is not a step after the last value, which is of {show(last)}")
    elif "horizon" in inputs:
        until = start + inputs.number("horizon")
        # a horizon that ends between two steps looks to the later
        steps = history.grid.places_to(until) - history.last
        steps += history.grid.at(history.last + steps) < until - 1e-6 * history.grid.step
    elif "now" in inputs:
        steps += max(0, history.grid.places_to(start) - history.last)
    if not 1 <= steps <= _MOST_STEPS:
        message = f"the horizon is {steps} steps; missing: one of 1 to {_MOST_STEPS}, or a longer step"
        raise CannotAnswerError("/by" if "by" in inputs else "/horizon", message)
    return steps


def reached_after(case: Case) -> int | None:
    """In how many steps the expected demand is above the capacity, where that is beyond the horizon.

    What lies further ahead than the history goes back is not told from it.
    """
    if case.capacity is None:
        return None
    expected = forecast(case.found.model, min(_MOST_STEPS, len(case.history.values)))
    above = (step for step, value in enumerate(expected, 1) if value / case.shown.scale > case.capacity)
    first = next(above, None)
    return first if first is not None and first > len(case.centre) else None


def when(case: Case, steps: int, word: str) -> str:
    """A step after the last value as a date, or where the history has none as a span."""
    grid, last = case.history.grid, case.history.last
    if grid.start is None:
        return f"{'within' if word == 'by' else 'in'} {format_quantity(case.history.after(steps), 's')}"
    return f"{word} {show(grid.at(last + steps))}"

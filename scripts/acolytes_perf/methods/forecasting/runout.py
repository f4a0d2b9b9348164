"""When demand runs out of capacity: reads the history, selects a model and predicts up to the horizon."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.demand_quantity import DisplayUnit, display_unit
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.methods.forecasting.calendar_days import read_calendar
from acolytes_perf.methods.forecasting.forecasts import METHODS, point_forecast
from acolytes_perf.methods.forecasting.model_selection import (
    Selection,
    additional_values,
    predict,
    required_values,
    select_model,
)
from acolytes_perf.methods.forecasting.special_days import Effect, SpecialDay, effects, with_special_days, without_days
from acolytes_perf.series import demand_history
from acolytes_perf.series.demand_history import History
from acolytes_perf.wording import format_quantity, pluralize

_MAX_STEPS = 3000


class Runout(NamedTuple):
    """A demand history with its forecast; demand is in `display.unit`.

    Attributes:
        history: the checked rows.
        selection: the chosen model.
        missing_values: how many more values the longest usual season needs; 0 where it was considered.
        display: unit of the results.
        capacity: None where none was given.
        expected: point forecasts of the steps up to the horizon.
        intervals: 95 % prediction intervals of these steps.
        paths: simulated futures.
        days: of the calendar.
        effects: of the calendar's names that have past days.
    """

    history: History
    selection: Selection
    missing_values: int
    display: DisplayUnit
    capacity: float | None
    expected: list[float]
    intervals: list[tuple[float, float]]
    paths: list[list[float]]
    days: Sequence[SpecialDay] = ()
    effects: Mapping[str, Effect] = MappingProxyType({})


def forecast_runout(inputs: Inputs) -> Runout:
    """Reads the inputs of `forecast runout`, selects a model and predicts.

    Raises:
        InputError: inputs contradict each other.
        CannotAnswerError: the history is too short or varies too much, or no method suits it.
    """
    history = demand_history.read_history(inputs)
    capacity = demand_history.read_capacity(inputs, history)
    days = read_calendar(inputs, history)
    fitted = history._replace(values=without_days(history.values, days))
    selection, missing_values = choose_model(inputs, fitted)
    steps = _steps_to_horizon(inputs, history, longest_season(inputs, fitted))
    _check_days(days, history.last_index + steps)
    largest = max(value for value in history.values if value is not None)
    display = display_unit(history.unit, largest)
    seed = int(inputs.number("seed"))
    prediction = predict(selection, steps, seed, display.divisor)
    by_name = effects(history.values, selection.best.season, days)
    if by_name:
        prediction = with_special_days(prediction, history.last_index + 1, days, by_name, seed)
    extremes = (*prediction.intervals[-1], prediction.expected[-1], *map(max, prediction.paths))
    if not all(map(math.isfinite, extremes)):
        raise CannotAnswerError("/history", "the values vary too much for this horizon; missing: a shorter horizon")
    capacity = None if capacity is None else capacity / display.divisor
    return Runout(history, selection, missing_values, display, capacity, *prediction, days, by_name)


def _check_days(days: Sequence[SpecialDay], last: int) -> None:
    """Refuses a day of the calendar after the horizon, which would have no effect."""
    for index, day in enumerate(days):
        if day.steps[0] > last:
            message = "is after the horizon, so it has no effect: leave it out, or look further ahead"
            raise InputError(f"/calendar/{index}/date", message)


def choose_model(inputs: Inputs, history: History, *, clean_outliers: bool | None = None) -> tuple[Selection, int]:
    """The model of a history, and how many values the longest usual season lacks.

    The inputs are `season`, `held_out`, `method`, `shifts` and `outliers`; each may be missing. `clean_outliers`
    counts instead of the input `outliers`.

    Raises:
        CannotAnswerError: the history is too short, or no method suits it.
    """
    backtest_horizon = int(inputs.optional("held_out") or 0) or None
    seasons, missing_values = _candidate_seasons(inputs, history, backtest_horizon)
    method = inputs.text("method") or "auto"
    methods = METHODS if method == "auto" else (method,)
    adjust_shifts = inputs.text("shifts") != "ignore"
    if clean_outliers is None:
        clean_outliers = inputs.text("outliers") != "keep"
    selection = select_model(
        history.values, seasons, methods, backtest_horizon, adjust_shifts=adjust_shifts,
        clean_outliers=clean_outliers, day=history.steps_in_day,
    )  # fmt: skip
    if selection is None:
        message = f"the {method} method does not suit values at 0 or near it; missing: values above 0"
        raise CannotAnswerError("/method", message)
    return selection, missing_values


def longest_season(inputs: Inputs, history: History) -> int:
    """The longest season for which the history has values enough."""
    return max(_candidate_seasons(inputs, history, int(inputs.optional("held_out") or 0) or None)[0])


def _candidate_seasons(inputs: Inputs, history: History, horizon: int | None) -> tuple[list[int], int]:
    """The seasons with values enough, and how many values the first usual season lacks."""
    season = int(inputs.optional("season") or 0)
    usual = [season] if season else [*demand_history.usual_seasons(history.grid), 1]
    missing = {season: additional_values(history.values, season, horizon) for season in usual}
    enough = [season for season in usual if not missing[season]]
    if not enough:
        season = usual[-1]
        message = (
            f"a season of {season} needs {required_values(season)} values, and more for the backtest; "
            f"missing: {pluralize(missing[season], 'more value')}, or a shorter season"
        )
        raise CannotAnswerError("/history", message)
    return enough, missing[usual[0]]


def _steps_to_horizon(inputs: Inputs, history: History, season: int) -> int:
    """Steps from the last value to the horizon."""
    for name in inputs.present("by", "now"):
        if history.grid.start is None:
            raise InputError(f"/{name}", "is a date, but the history has no times: use horizon instead", {name: None})
    if "by" in inputs and "horizon" in inputs:
        raise InputError("/by", "cannot be combined with horizon: leave one out", {"horizon": None})
    last = history.grid.time_at(history.last_index)
    start = inputs.optional("now")
    start = last if start is None else start
    steps = max(12, 2 * season)
    if "by" in inputs:
        steps = history.grid.last_index_until(inputs.number("by")) - history.last_index
        if steps < 1:
            raise InputError("/by", f"must be at least one step after the last value, {show_time(last)}")
    elif "horizon" in inputs:
        until = start + inputs.number("horizon")
        # a horizon that ends between two steps reaches the later
        steps = history.grid.last_index_until(until) - history.last_index
        steps += history.grid.time_at(history.last_index + steps) < until - 1e-6 * history.grid.step
    elif "now" in inputs:
        steps += max(0, history.grid.last_index_until(start) - history.last_index)
    if not 1 <= steps <= _MAX_STEPS:
        message = f"the horizon is {steps} steps; missing: one of 1 to {_MAX_STEPS}, or a longer step"
        raise CannotAnswerError("/by" if "by" in inputs else "/horizon", message)
    return steps


def steps_to_capacity(runout: Runout) -> int | None:
    """Steps until expected demand exceeds the capacity, where that is beyond the horizon.

    None where that is within the horizon, or further ahead than the history goes back.
    """
    if runout.capacity is None:
        return None
    expected = point_forecast(runout.selection.model, min(_MAX_STEPS, len(runout.history.values)))
    divisor = runout.display.divisor
    first = next((step for step, value in enumerate(expected, 1) if value / divisor > runout.capacity), None)
    return first if first is not None and first > len(runout.expected) else None


def describe_step(runout: Runout, steps: int, preposition: str) -> str:
    """The step after so many as a date, as in `by 2026-03-01`; as a span where the history has no times.

    Args:
        runout: the forecast.
        steps: after the last value.
        preposition: `by` or `on`.
    """
    grid, last = runout.history.grid, runout.history.last_index
    if grid.start is None:
        return (
            f"{'within' if preposition == 'by' else 'in'} {format_quantity(runout.history.seconds_after(steps), 's')}"
        )
    return f"{preposition} {show_time(grid.time_at(last + steps))}"

"""Assumptions, warnings and chart of `forecast runout`."""

from __future__ import annotations

import math

from acolytes_perf.declare import Answer
from acolytes_perf.inputs.demand_quantity import DisplayUnit
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.methods.forecasting.forecasts import LINE_METHODS
from acolytes_perf.methods.forecasting.model_selection import SIMULATED_PATHS
from acolytes_perf.methods.forecasting.outliers import OutlierRun
from acolytes_perf.methods.forecasting.runout import Runout, describe_step, forecast_runout, steps_to_capacity
from acolytes_perf.outcome import AnswerWarning
from acolytes_perf.outputs.document import mark
from acolytes_perf.series.demand_history import History, usual_seasons
from acolytes_perf.time_units import SECONDS
from acolytes_perf.wording import format_quantity, pluralize

_LEAST_COVERAGE = 0.9
#: How many runs of outliers a warning describes.
_SHOWN_OUTLIERS = 3
#: A chart of more than this has dates along it.
_LONG = 8 * SECONDS["d"]


def assumptions(case: Runout) -> list[str]:
    """The method, the backtest, and the part of the history that was used."""
    selection, grid = case.selection, case.history.grid
    chosen, rival = selection.best, selection.benchmark
    season = f"a season of {pluralize(chosen.season, 'step')}" if chosen.season > 1 else "no season"
    why = ""
    if rival:
        other = f"{rival.method} with {rival.season}" if rival.season != chosen.season else rival.method
        off = (
            f"{other} is {format_quantity(rival.mean_absolute_error / chosen.mean_absolute_error, 'x')} as far off"
            if chosen.mean_absolute_error > 0
            else "it has no error"
        )
        why = f", chosen by rolling backtest ({off})"
    origins = len({error.origin for error in chosen.errors})
    method = f"Method {chosen.method}, {season}, steps of {grid.step_text}{why}"
    scale = format_quantity(chosen.interval_scale, "x")
    stretched = f"{SIMULATED_PATHS} simulated futures, widened {scale} by the errors of the backtest"
    lasting = (
        "the line and the season stay"
        if chosen.method in LINE_METHODS
        else "level, trend and season go on changing as before"
    )
    lines = [
        f"{method}; {lasting}.",
        f"Probabilities are shares of {stretched}.",
        f"Backtest: {pluralize(origins, 'origin')}, with {pluralize(selection.horizon, 'step')} ahead of each.",
    ]
    for name, effect in case.effects.items():
        past = pluralize(effect.days, "past day")
        lines.append(f"A day of {name} has {format_quantity(effect.factor, 'x')} the ordinary demand, by {past}.")
    fitted = len(selection.values)
    if fitted < len(case.history.values):
        lines.append(f"The last {fitted} of {len(case.history.values)} steps are fitted.")
    return [*lines, *case.history.notes]


def warnings(case: Runout, *, is_by_date: bool) -> list[AnswerWarning]:
    """Warnings about the history, the backtest and the horizon. `is_by_date`: the horizon is a date."""
    history, selection, unit = case.history, case.selection, case.display.unit
    cautions: list[AnswerWarning] = []
    gaps = sum(value is None for value in history.values)
    if gaps:
        message = f"{pluralize(gaps, 'value')} of {len(history.values)} are missing; the model bridges them"
        cautions.append(AnswerWarning("gaps", message, "fill in the missing values that you have"))
    for shift in selection.shifts:
        how = (
            "only later values are fitted"
            if selection.start >= shift.position
            else "earlier values are shifted to the new level"
        )
        size = format_quantity(abs(shift.size) / case.display.divisor, unit)
        message = (
            f"the level went {'up' if shift.size > 0 else 'down'} by {size} {_place(history, shift.position)}; {how}"
        )
        cautions.append(AnswerWarning("level_shift", message, "use --shifts ignore if this was growth or chance"))
    if selection.outliers:
        cautions.append(_outlier_warning(case))
    cautions += _calendar_warnings(case)
    if case.missing_values:
        usual = usual_seasons(history.grid)[0]
        message = f"a season of {usual} steps needs two seasons and a backtest; a shorter season or none is used"
        cautions.append(
            AnswerWarning("too_few_seasons", message, f"give {pluralize(case.missing_values, 'more value')}")
        )
    coverage = selection.best.coverage
    if coverage < _LEAST_COVERAGE and len(selection.best.errors) >= 20:
        message = (
            f"the 95 % intervals contained {format_quantity(coverage, 'ratio')} of the values in the rolling backtest"
        )
        cautions.append(
            AnswerWarning("backtest_coverage", message, "rely less on the intervals, or use a longer history")
        )
    later = steps_to_capacity(case)
    if later is not None:
        message = (
            f"expected demand is above the capacity {describe_step(case, later, 'on')}, which is beyond the horizon"
        )
        # a season more, since the first of these may be a day of the week with much demand
        until = later + selection.best.season
        option = (
            f"--by {show_time(history.grid.time_at(history.last_index + until))}"
            if is_by_date
            else _horizon(history.seconds_after(until))
        )
        cautions.append(AnswerWarning("beyond_horizon", message, f"use {option} to see the probability"))
    if len(case.expected) > 2 * selection.horizon:
        message = f"the horizon is {len(case.expected)} steps, and the backtest looks {selection.horizon} ahead"
        cautions.append(AnswerWarning("beyond_backtest", message, "use a shorter horizon, or a longer history"))
    latest = next(value for value in reversed(history.values) if value is not None) / case.display.divisor
    if case.capacity is not None and latest > case.capacity:
        message = f"the last value, {format_quantity(latest, unit)}, is already above the capacity"
        cautions.append(AnswerWarning("already_exceeded", message, "check the capacity and its unit"))
    elif exceeded_steps(case):
        fix = "find out what happened then, and whether it can come again"
        cautions.append(AnswerWarning("exceeded_in_history", describe_exceeded(case), fix))
    return cautions


def _calendar_warnings(case: Runout) -> list[AnswerWarning]:
    """Special days to come whose effect is unknown, or known from one day alone."""
    coming = [day for day in case.days if day.steps[-1] > case.history.last_index]
    cautions = []
    for name in dict.fromkeys(day.name for day in coming):
        effect, title = case.effects.get(name), f"days of {name}" if name else "days without a name"
        if effect is None:
            message = f"{title} have no past day in the history: they are forecast as ordinary days"
            fix = "add the dates of past days under the same name, or use forecast event"
            cautions.append(AnswerWarning("unknown_day", message, fix))
        elif effect.days == 1:
            message = f"{title} have one past day, which does not show how much such days differ"
            cautions.append(AnswerWarning("one_past_day", message, "add more past days, or a longer history"))
    return cautions


def _outlier_warning(case: Runout) -> AnswerWarning:
    """Names the outliers that were left out, those that differ most first."""
    runs = case.selection.outliers
    ranked = sorted(runs, key=lambda run: -abs(run.mean - run.usual) * (run.end + 1 - run.start))
    shown = ", ".join(describe_outlier(case.history, run, case.display) for run in ranked[:_SHOWN_OUTLIERS])
    more = f", and {pluralize(len(runs) - _SHOWN_OUTLIERS, 'more run')}" if len(runs) > _SHOWN_OUTLIERS else ""
    count = sum(run.end + 1 - run.start for run in runs)
    message = f"{pluralize(count, 'value')} far from those of other seasons {'is' if count == 1 else 'are'} left out"
    fix = "use --outliers keep if this was usual demand, and --calendar for days that come again"
    return AnswerWarning("outliers", f"{message}: {shown}{more}", fix)


def describe_outlier(history: History, run: OutlierRun, display: DisplayUnit) -> str:
    """A run of outliers: where it is, its mean, and how many times the usual value that is."""
    place = _place(history, run.start)
    if run.end > run.start:
        last = f"step {run.end}" if history.grid.start is None else show_time(history.grid.time_at(run.end))
        place = f"{place.replace('on ', 'from ').replace('at ', 'from ')} to {last}"
    mean = format_quantity(run.mean / display.divisor, display.unit)
    factor = f" ({format_quantity(run.mean / run.usual, 'x')})" if run.usual > 0 and run.mean > 0 else ""
    return f"{mean}{factor} {place}"


def exceeded_steps(case: Runout) -> list[int]:
    """The indices of the values in the history that are above the capacity."""
    if case.capacity is None:
        return []
    limit = case.capacity * case.display.divisor
    return [index for index, value in enumerate(case.history.values) if value is not None and value > limit]


def describe_exceeded(case: Runout) -> str:
    """How often demand was above the capacity before, and the last time."""
    steps, values = exceeded_steps(case), case.history.values
    value = values[steps[-1]]
    assert value is not None
    count = sum(value is not None for value in values)
    last = f"{format_quantity(value / case.display.divisor, case.display.unit)} {_place(case.history, steps[-1])}"
    return f"demand was above the capacity in {len(steps)} of {pluralize(count, 'step')}, the last time with {last}"


def _horizon(seconds: float) -> str:
    unit = next((unit for unit in ("d", "h", "min") if seconds >= SECONDS[unit]), "s")
    return f"--horizon {math.ceil(seconds / SECONDS[unit] * (1 - 1e-9))}{unit}"


def _place(history: History, place: int) -> str:
    return f"at step {place}" if history.grid.start is None else f"on {show_time(history.grid.time_at(place))}"


def chart(answer: Answer) -> str:
    """The history, the forecast with its band, and the capacity."""
    inputs = answer.inputs
    from acolytes_perf.outputs.plot import Axis, Shape, plot

    case = forecast_runout(inputs)
    grid, last, scale = case.history.grid, case.history.last_index, case.display.divisor
    places = range(last + 1, last + 1 + len(case.expected))
    values = enumerate(case.history.values)
    past = [() if value is None else (float(at), value / scale) for at, value in values]
    shapes = [
        Shape(
            "band",
            "95 %",
            [(float(at), max(0.0, low), max(0.0, high)) for at, (low, high) in zip(places, case.intervals)],
        ),
        Shape("line", "history", past),
        Shape(
            "dashed",
            "forecast",
            [past[-1], *((float(at), max(0.0, value)) for at, value in zip(places, case.expected))],
        ),
    ]
    if case.capacity is not None:
        shapes.append(Shape("across", "capacity", [(case.capacity,)]))
    axis = Axis(f"steps of {grid.step_text}")
    if grid.start is not None:
        signs = 10 if places[-1] * grid.step > _LONG else 16  # the date, or with the minute
        marks = dict.fromkeys(round(at * places[-1] / 4) for at in range(5))
        axis = Axis("time (UTC)", ticks=[(float(at), show_time(grid.time_at(at))[:signs]) for at in marks])
    return plot("Demand", answer.outcome.answer, axis, Axis("demand", case.display.unit), shapes, mark(answer))

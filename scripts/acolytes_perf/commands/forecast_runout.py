"""Whether and when a forecast of demand exceeds a capacity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.inputs.demand_quantity import DEMAND_QUANTITY
from acolytes_perf.inputs.fields import Field, Inputs, choice_field
from acolytes_perf.inputs.timeline import EARLIEST, LATEST, TIME
from acolytes_perf.inputs.units import COUNT, DURATION
from acolytes_perf.methods.forecasting.calendar_days import CALENDAR
from acolytes_perf.methods.forecasting.forecasts import CONFIDENCE_LEVEL, METHODS, backtest, exceedance_probabilities
from acolytes_perf.outcome import STATISTICAL, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.series import demand_history
from acolytes_perf.series.series_input import SERIES_OPTIONS
from acolytes_perf.time_units import SECONDS
from acolytes_perf.wording import format_quantity

if TYPE_CHECKING:
    from acolytes_perf.methods.forecasting.runout import Runout

#: The chances whose times are answered, by result.
_CHANCES = {"chance_5_percent_in": 0.05, "chance_50_percent_in": 0.5}


def run(inputs: Inputs) -> Outcome:
    """Choose a model by a rolling backtest, and count the simulated futures above the capacity."""
    # imported here, since help and most refusals do without, and take a sixth longer with them
    from acolytes_perf.methods.forecasting.runout import describe_step, forecast_runout
    from acolytes_perf.outputs.runout_report import assumptions, describe_exceeded, exceeded_steps, warnings

    case = forecast_runout(inputs)
    unit, steps = case.display.unit, len(case.expected)
    demand = _within(case.expected[-1], *case.intervals[-1])
    ranked = sorted(max(path) for path in case.paths)
    highest = (
        _share_of(ranked, 0.5),
        _share_of(ranked, (1 - CONFIDENCE_LEVEL) / 2),
        _share_of(ranked, (1 + CONFIDENCE_LEVEL) / 2),
    )
    results = [
        Result(name, value, unit, Interval(low, high, STATISTICAL, CONFIDENCE_LEVEL))
        for name, (value, low, high) in (("demand", demand), ("highest", highest))
    ]
    answer = f"{describe_step(case, steps, 'by')} demand is expected to be {_in_limits(demand, unit)}"
    if case.capacity is not None:
        shares = exceedance_probabilities(case.paths, case.capacity)
        reached = {name: _first(shares, chance) for name, chance in _CHANCES.items()}
        results = [
            Result("probability_exceeded", shares[-1], "probability"),
            Result("steps_exceeded", len(exceeded_steps(case)), "steps"),
            *(
                Result(name, None if at is None else case.history.seconds_after(at), "s")
                for name, at in reached.items()
            ),
            *results,
        ]
        times = [
            f"{format_quantity(chance, 'ratio')} "
            f"{'not within the horizon' if at is None else describe_step(case, at, 'on')}"
            for chance, at in zip(_CHANCES.values(), reached.values())
        ]
        answer = (
            f"Demand exceeds {format_quantity(case.capacity, unit)} {describe_step(case, steps, 'by')} "
            f"with a probability of {_chance(shares[-1])} (reaching {', '.join(times)}); "
            f"the highest until then is expected to be {_in_limits(highest, unit)}"
        )
    results += _model(case)
    answer = f"{answer[0].upper()}{answer[1:]}."
    if exceeded_steps(case):
        before = describe_exceeded(case)
        answer += f" {before[0].upper()}{before[1:]}."
    tables = [_backtest(case, int(inputs.number("seed")))]
    return Outcome(answer, results, assumptions(case), warnings(case, is_by_date="by" in inputs), tables=tables)


def _backtest(case: Runout, seed: int) -> ResultTable:
    """Errors over rolling origins, of the last values held back, and of a forecast that repeats the last season."""
    from acolytes_perf.methods.forecasting.model_selection import SIMULATED_PATHS

    selection, scale = case.selection, case.display.divisor
    values = [None if value is None else value / scale for value in selection.values]
    chosen, held = selection.best, selection.horizon
    last = backtest(values, chosen.season, chosen.method, held, SIMULATED_PATHS // 2, seed)
    held_out = [
        Result("mase", last.mase, ""),
        Result("coverage", last.coverage, "ratio"),
        Result("mape", last.mape, "ratio"),
        Result("rmse", last.rmse, case.display.unit),
    ]
    if any(not math.isfinite(result.value or 0) for result in held_out):
        raise CannotAnswerError("/history", "the values vary too much for a backtest; missing: steadier values")
    rows = [
        Row("rolling", [Result("mase", selection.mase, ""), Result("coverage", chosen.coverage, "ratio")]),
        Row("seasonal_naive", [Result("mase", selection.naive_mase, "")]),
        Row("held_out", held_out),
    ]
    return ResultTable("backtest", "backtest", rows)


def _model(case: Runout) -> list[Result]:
    """The figures of the fitted model."""
    selection = case.selection
    return [
        Result("interval_scale", selection.best.interval_scale, "x"),
        Result("sum_of_squares", selection.model.sum_of_squares / case.display.divisor**2, ""),
        *(Result(name, weight, "") for name, weight in zip(_WEIGHTS, selection.model.weights)),
    ]


def _in_limits(figures: tuple[float, float, float], unit: str) -> str:
    value, low, high = (format_quantity(figure, unit) for figure in figures)
    return f"{value} (95 % interval {low} to {high})"


def _chance(share: float) -> str:
    """Write a share of the futures. Where none or all of them count, it is only known to one future."""
    from acolytes_perf.methods.forecasting.model_selection import SIMULATED_PATHS

    if share in (0, 1):
        return (
            f"over {format_quantity(1 - 1 / SIMULATED_PATHS, 'probability')}"
            if share
            else f"under {format_quantity(1 / SIMULATED_PATHS, 'probability')}"
        )
    return format_quantity(share, "probability")


def _within(value: float, low: float, high: float) -> tuple[float, float, float]:
    """A demand and its interval, none of them below 0."""
    return max(0.0, value), max(0.0, low), max(0.0, high)


def _share_of(ranked: Sequence[float], share: float) -> float:
    return max(0.0, ranked[round(share * (len(ranked) - 1))])


def _first(shares: Sequence[float], level: float) -> int | None:
    """The first step at which a share is reached, None when it never is."""
    return next((step for step, share in enumerate(shares, 1) if share >= level), None)


def _chart(answer: Answer) -> str:
    from acolytes_perf.outputs.runout_report import chart

    return chart(answer)


_WEIGHTS = ("level_weight", "trend_weight", "season_weight")

_RESULTS = {
    "probability_exceeded": "chance that the demand exceeds the capacity: at least once until the horizon's end",
    "steps_exceeded": "values of the history that are above the capacity",
    "chance_5_percent_in": "time until the demand exceeds the capacity with a small chance: 5 %, after the last value",
    "chance_50_percent_in": "time until the demand exceeds the capacity with an even chance: 50 %, after the last "
    "value",
    "demand": "expected demand at the horizon's end",
    "highest": "highest demand until the horizon's end",
    "interval_scale": "factor by which past errors widen the model's intervals, 1 where they do not",
    "sum_of_squares": "sum of the squared one-step errors",
    "level_weight": "smoothing weight of the level; 1: only the last value counts",
    "trend_weight": "smoothing weight of the trend",
    "season_weight": "smoothing weight of the season",
}

_TABLES = {
    "backtest": {
        "mase": "mean absolute error over that of repeating the last season; below 1 is better than repeating",
        "coverage": "share of the values inside their intervals: of 95 % (rolling origin)",
        "mape": "mean absolute error as a share of the value",
        "rmse": "root mean square error",
    }
}

COMMAND = Command(
    name="forecast runout",
    summary="A forecast of demand, and the probability that it exceeds a capacity by a date, with a backtest.",
    fields=(
        demand_history.history_table(
            Field(
                "value", DEMAND_QUANTITY, "demand in any unit, empty for a gap", "118", 0, 1e15,
                aliases=demand_history.DEMAND_NAMES,
            )
        ),
        *SERIES_OPTIONS,
        Field("capacity", DEMAND_QUANTITY, "highest demand that can be carried, in the history's unit", "700", 0, 1e15),
        Field("step", DURATION, "time between two values that have no times (default 1d)", "1h", 1, 366 * SECONDS["d"]),
        Field("season", COUNT, "steps of a season, 1 for no season (default a week, day or year)", "12", 1, 2000),
        Field("horizon", DURATION, "how far to look ahead (default two seasons, at least 12 steps)", "30d", 1, 1e10),
        Field("by", TIME, "last date of the forecast, instead of horizon", "2026-12-31", EARLIEST, LATEST),
        Field("now", TIME, "start of the horizon (default the last value)", "2026-03-01", EARLIEST, LATEST),
        choice_field("method", "how trend and season are combined", ("auto", *METHODS), "auto"),
        choice_field("shifts", "what to do about sudden shifts of the level", ("find", "ignore"), "find"),
        choice_field("outliers", "what to do about outliers and special days", ("clean", "keep"), "clean"),
        CALENDAR,
        Field("held_out", COUNT, "steps of the backtest (default two seasons, at most a quarter)", "24", 1, 5000),
        Field("seed", COUNT, "seed of the simulated futures", "1", 0, 10**9, default="1"),
    ),
    run=run,
    formula="level a(x - s) + (1 - a)(l + b), trend b'(l - l_before) + (1 - b')b, season g(x - l) + (1 - g)s, or with "
    "products, or a line and a season that stay; least squares of one-step errors; simulated futures with Student "
    "deviations, stretched by the 95 % quantile of |error| / reach over rolling origins (conformal scaling); the least "
    "error of the rolling backtest chooses",
    source="Winters 1960; Hyndman and Athanasopoulos, Forecasting: Principles and Practice, chapters 5 and 8; "
    "Hyndman and Koehler 2006",
    example={
        "history": "50,52,55,53,58,40,38,54,57,59,57,62,44,42,58,61,63,61,66,48,46,62,65,67,65,70,52,50",
        "capacity": "87",
        "horizon": "30d",
    },
    results=_RESULTS,
    tables=_TABLES,
    formats={"svg": Format((".svg",), _chart)},
)  # fmt: skip

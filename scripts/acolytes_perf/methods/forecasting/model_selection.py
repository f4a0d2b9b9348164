"""Selects a forecasting model for a history: level shifts and outliers removed, the method chosen by rolling origins.

Source: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, section 5.10 (time series
cross-validation) and section 7.5 (selection by likelihood).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.forecasting.forecasts import (
    DAMPED_METHODS,
    FIXED_METHODS,
    LINE_METHODS,
    MULTIPLICATIVE_METHODS,
    SEASONAL_NAIVE,
    fit_method,
    point_forecast,
    prediction_intervals,
    seasonal_naive_mae,
    simulate_paths,
)
from acolytes_perf.methods.forecasting.level_shifts import LevelShift, find_level_shifts, remove_shift
from acolytes_perf.methods.forecasting.outliers import OutlierRun, find_outliers
from acolytes_perf.methods.forecasting.rolling_origin import Evaluation, evaluate_method, first_origin
from acolytes_perf.methods.forecasting.smoothing_model import Series, SmoothingModel

SIMULATED_PATHS = 1000
#: A fit of more values costs time and follows what has long passed: the larger of so many values and so many seasons.
_MAX_FITTED, _MAX_SEASONS = 2000, 8
#: Fewer values than this after a level shift are fitted together with the values before it.
_MIN_AFTER_SHIFT = 30
#: A line with more autocorrelated residuals (in standard errors) is not chosen automatically.
_MAX_AUTOCORRELATION = 1.2
#: A line is chosen unless another method is better by more than this share.
_LINE_PREFERENCE = 0.9
#: Of more values than this a model without a season is not considered, where there is one with a season.
_LONG_SERIES = 500
#: A shorter forecast than this tells little about a trend.
_MIN_HORIZON = 12


class Selection(NamedTuple):
    """The model chosen for a history.

    Attributes:
        values: what was fitted, with earlier levels raised to the last, and None for outliers.
        start: index in the history of the first fitted value.
        shifts: level shifts, by index in the history.
        outliers: runs of outliers, by index in the history, with means on the level of the last shift.
        horizon: steps that each origin of the evaluation looks ahead.
        best: evaluation of the chosen method.
        benchmark: the best seasonal naive forecast, or where that was chosen the best model.
        mase: mean absolute scaled error of the chosen method; None where the scale is 0.
        naive_mase: that of the seasonal naive forecast from the same origins.
        model: the chosen model after the last value.
    """

    values: Series
    start: int
    shifts: list[LevelShift]
    outliers: list[OutlierRun]
    horizon: int
    best: Evaluation
    benchmark: Evaluation | None
    mase: float | None
    naive_mase: float | None
    model: SmoothingModel


def required_values(season: int) -> int:
    """How many present values a season needs before those that are held out."""
    return 2 * season + 4


def default_horizon(count: int, season: int) -> int:
    """Steps to forecast from each origin: two seasons and at least 12, at most a quarter of the values.

    Args:
        count: number of values, gaps included.
        season: steps in a season, 1 for none.
    """
    return max(1, min(max(2 * season, _MIN_HORIZON), count // 4))


def additional_values(values: Series, season: int, horizon: int | None = None) -> int:
    """How many more values the season needs; 0 where there are enough.

    Args:
        values: the series, None for a gap.
        season: steps in a season, 1 for none.
        horizon: steps to forecast from each origin; None for `default_horizon`.

    >>> additional_values([1.0] * 10, 7), additional_values([1.0] * 24, 7)
    (13, 0)
    """
    more = 0
    while True:
        count = len(values) + more
        before = max(0, count - (horizon or default_horizon(count, season)))
        present = sum(value is not None for value in values[:before]) + max(0, before - len(values))
        if present >= required_values(season):
            return more
        more += required_values(season) - present


def select_model(
    history: Series,
    seasons: Sequence[int],
    methods: Sequence[str],
    horizon: int | None,
    *,
    adjust_shifts: bool,
    clean_outliers: bool = True,
    day: int = 1,
) -> Selection | None:
    """Chooses the method and season with the least mean absolute error over rolling origins.

    Args:
        history: present values as `additional_values` asks for, for each season.
        seasons: steps in a season, to choose from.
        methods: of `forecasting.METHODS`, to choose from.
        horizon: steps to forecast from each origin; None for `default_horizon`.
        adjust_shifts: shorten long histories, and search for level shifts.
        clean_outliers: leave out outliers and special days.
        day: steps in a day, 1 where a step is a day or longer.

    Returns:
        The selection; None where no method suits the values.
    """
    longest = max(seasons)
    values, start, shifts = _adjusted(history, longest, horizon) if adjust_shifts else (history, 0, [])
    outliers: list[OutlierRun] = []
    if clean_outliers:
        values, outliers = _without_outliers(values, seasons, horizon, day)
    horizon = horizon or default_horizon(len(values), longest)
    first = min(first_origin(len(values), longest, horizon), len(values) - horizon)
    while _count_present(values[:first]) < required_values(longest) and first < len(values) - horizon:
        first += 1
    # a long series has a season, if any; without one it would take as long again
    considered = [season for season in seasons if season > 1 or len(values) <= _LONG_SERIES] or seasons
    evaluations = [
        evaluation
        for season in considered
        for method in _suitable_methods(values, season, methods)
        if (evaluation := evaluate_method(values, season, method, horizon, first)) is not None
    ]
    ranked = sorted(evaluations, key=_ranking)
    models = ((evaluation, fit_method(values, evaluation.season, evaluation.method)) for evaluation in ranked)
    fitted = next((pair for pair in models if math.isfinite(pair[1].residual_sd)), None)
    if fitted is None:
        return None
    best, model = fitted
    naive = next(
        (other for other in evaluations if (other.method, other.season) == (SEASONAL_NAIVE, best.season)), None
    )
    naive = naive or evaluate_method(values, best.season, SEASONAL_NAIVE, horizon, first)
    scale = seasonal_naive_mae(values[:first], best.season)
    # a model is compared with naive forecasts, and a naive forecast with models
    others = [other for other in ranked if (other.method == SEASONAL_NAIVE) != (best.method == SEASONAL_NAIVE)]
    return Selection(
        values=values,
        start=start,
        shifts=shifts,
        outliers=[run._replace(start=start + run.start, end=start + run.end) for run in outliers],
        horizon=horizon,
        best=best,
        benchmark=others[0] if others else None,
        mase=best.mean_absolute_error / scale if scale else None,
        naive_mase=naive.mean_absolute_error / scale if naive and scale else None,
        model=model,
    )


def _ranking(evaluation: Evaluation) -> float:
    """The mean absolute error, by which methods are ranked; a line has the fewest parameters and is preferred."""
    return evaluation.mean_absolute_error * (_LINE_PREFERENCE if evaluation.method in LINE_METHODS else 1.0)


def _suitable_methods(values: Series, season: int, methods: Sequence[str]) -> list[str]:
    """The methods that suit these values; a single one that was asked for, if the values allow it.

    Of additive and multiplicative lines, damped trends and fixed seasons only the family of the likelier line is
    taken; without a season, of all models. Both families have as many parameters, and the few origins tell them apart
    less well than the likelihood does. A line is left out where its residuals depend on each other, and a fixed season
    where there is no season.
    """
    all_positive = all(value is None or value > 0 for value in values)
    allowed = [method for method in methods if method not in MULTIPLICATIVE_METHODS or all_positive]
    if len(methods) == 1:
        return allowed
    lines = {method: fit_method(values, season, method) for method in allowed if method in LINE_METHODS}
    likeliest = min(lines, key=lambda method: lines[method].minus_2_log_likelihood, default=LINE_METHODS[0])
    is_multiplicative = likeliest in MULTIPLICATIVE_METHODS
    suitable = []
    for method in allowed:
        has_family = season == 1 or method in (*LINE_METHODS, *DAMPED_METHODS, *FIXED_METHODS)
        if method == SEASONAL_NAIVE:
            suitable.append(method)
            continue
        if has_family and (method in MULTIPLICATIVE_METHODS) != is_multiplicative:
            continue
        if method in LINE_METHODS and lines[method].residual_autocorrelation >= _MAX_AUTOCORRELATION:
            continue
        if method in FIXED_METHODS and season == 1:
            continue
        suitable.append(method)
    return suitable


def _count_present(values: Series) -> int:
    return sum(value is not None for value in values)


def _adjusted(history: Series, season: int, horizon: int | None) -> tuple[Series, int, list[LevelShift]]:
    """What to fit, the index in the history where it starts, and the level shifts.

    Fits the values after the last shift where they are enough; else all, with earlier levels raised to the last.
    """
    start = max(0, len(history) - max(_MAX_FITTED, _MAX_SEASONS * season))
    start = 0 if additional_values(history[start:], season, horizon) else start
    values = history[start:]
    shifts = find_level_shifts(values, season)
    last = max((shift.position for shift in shifts), default=0)
    after = values[last:]
    is_enough = len(after) >= max(_MIN_AFTER_SHIFT, 4 * season) and not additional_values(after, season, horizon)
    if last and is_enough:
        values = after
    else:
        for shift in shifts:
            values = remove_shift(values, shift)
        last = 0
    return values, start + last, [shift._replace(position=start + shift.position) for shift in shifts]


def _without_outliers(
    values: Series, seasons: Sequence[int], horizon: int | None, day: int
) -> tuple[Series, list[OutlierRun]]:
    """The values with None for outliers, and the runs; unchanged where too few values would remain."""
    usable = [season for season in sorted(seasons, reverse=True) if 3 * season <= len(values)]
    if not usable:
        return values, []
    runs = find_outliers(values, usable[0], day)
    cleaned = list(values)
    for run in runs:
        cleaned[run.start : run.end + 1] = [None] * (run.end + 1 - run.start)
    if any(additional_values(cleaned, season, horizon) for season in seasons):
        return values, []
    return cleaned, runs


class Prediction(NamedTuple):
    """Demand at each further step.

    Attributes:
        expected: point forecasts.
        intervals: lower and upper limits, which hold `forecasting.CONFIDENCE_LEVEL` of the futures.
        paths: simulated futures.
    """

    expected: list[float]
    intervals: list[tuple[float, float]]
    paths: list[list[float]]


def predict(selection: Selection, steps: int, seed: int, divisor: float = 1.0) -> Prediction:
    """Predicts with intervals as wide as the rolling origins have shown them to be.

    Args:
        selection: the chosen model.
        steps: how far to look.
        seed: of the simulated futures.
        divisor: of all values in the result, to change their unit.
    """
    expected, scale = point_forecast(selection.model, steps), selection.best.interval_scale
    paths = simulate_paths(selection.model, steps, SIMULATED_PATHS, seed)
    limits = zip(expected, prediction_intervals(selection.model, paths))
    return Prediction(
        [value / divisor for value in expected],
        [
            ((middle + scale * (low - middle)) / divisor, (middle + scale * (high - middle)) / divisor)
            for middle, (low, high) in limits
        ],
        [[(middle + scale * (value - middle)) / divisor for value, middle in zip(path, expected)] for path in paths],
    )

"""Forecasts of a series with level, trend and season: point forecasts, prediction intervals and simulated futures.

Intervals come from simulated futures. Each future draws its own residual deviation, so that intervals are as wide as
Student's t makes them.

Sources: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, chapters 5 and 8; Hyndman and
Koehler, Another look at measures of forecast accuracy, 2006, doi 10.1016/j.ijforecast.2006.03.001 (MASE); Gardner and
McKenzie, Forecasting trends in time series, 1985, doi 10.1287/mnsc.31.10.1237 (the damped trend).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from acolytes_perf.methods.forecasting.holt_winters import (
    NAIVE_WEIGHTS,
    apply_holt_winters,
    fit_holt_winters,
    fit_seasonal_naive,
)
from acolytes_perf.methods.forecasting.smoothing_model import Series, SmoothingModel, Weights
from acolytes_perf.methods.statistics.student_t import t_quantile

if TYPE_CHECKING:
    import random

SEASONAL_NAIVE = "seasonal_naive"
LINE_METHODS = ("line", "multiplicative_line")
#: The trend of these fades, as that of most series does (Gardner and McKenzie 1985).
DAMPED_METHODS = ("damped", "multiplicative_damped")
FIXED_METHODS = ("fixed_season", "multiplicative_fixed_season")
METHODS = ("additive", "multiplicative", *DAMPED_METHODS, *FIXED_METHODS, *LINE_METHODS, SEASONAL_NAIVE)
#: These need values above 0.
MULTIPLICATIVE_METHODS = tuple(method for method in METHODS if method.startswith("multiplicative"))
#: How much of the trend a step leaves.
_DAMPING = 0.9
CONFIDENCE_LEVEL = 0.95
#: The normal quantile of (1 + CONFIDENCE_LEVEL) / 2.
_NORMAL_QUANTILE = 1.959963984540054


def fit_method(values: Series, season: int, method: str) -> SmoothingModel:
    """Fits one of METHODS.

    Args:
        values: two whole seasons and 4 values more at least; above 0 for MULTIPLICATIVE_METHODS.
        season: steps in a season, 1 for none.
        method: one of METHODS.

    Returns:
        The model; its sum of squares is infinite where the method does not suit the values.
    """
    if method == SEASONAL_NAIVE:
        return fit_seasonal_naive(values, season)
    if method in LINE_METHODS:
        # imported here, since most calls use no line and start faster without
        from acolytes_perf.methods.forecasting.seasonal_line import fit_additive_line, fit_multiplicative_line

        return (fit_multiplicative_line if method in MULTIPLICATIVE_METHODS else fit_additive_line)(values, season)
    if method in FIXED_METHODS:
        from acolytes_perf.methods.forecasting.fixed_season import fit_fixed_season

        return fit_fixed_season(values, season, multiplicative=method in MULTIPLICATIVE_METHODS)
    damping = _DAMPING if method in DAMPED_METHODS else 1.0
    return fit_holt_winters(values, season, multiplicative=method in MULTIPLICATIVE_METHODS, damping=damping)


def apply_method(values: Series, season: int, method: str, weights: Weights) -> SmoothingModel:
    """The model after these values with smoothing weights fitted before; methods without weights are fitted anew.

    Args:
        values: as many as `fit_method` needs.
        season: steps in a season, 1 for none.
        method: one of METHODS.
        weights: smoothing weights of level, trend and season.
    """
    if method in (SEASONAL_NAIVE, *LINE_METHODS):
        return fit_method(values, season, method)
    is_multiplicative = method in MULTIPLICATIVE_METHODS
    if method in FIXED_METHODS:
        from acolytes_perf.methods.forecasting.fixed_season import apply_fixed_season

        return apply_fixed_season(values, season, weights, multiplicative=is_multiplicative)
    damping = _DAMPING if method in DAMPED_METHODS else 1.0
    return apply_holt_winters(values, season, weights, multiplicative=is_multiplicative, damping=damping)


def point_forecast(model: SmoothingModel, steps: int) -> list[float]:
    """The expected value of each of the next `steps`.

    Args:
        model: the fitted model.
        steps: at least 0.
    """
    seasonal = [model.seasonal[step % len(model.seasonal)] for step in range(steps)]
    bases = [model.level + model.trend_sum(step + 1) * model.trend for step in range(steps)]
    return [base * figure if model.is_multiplicative else base + figure for base, figure in zip(bases, seasonal)]


def simulate_paths(model: SmoothingModel, steps: int, paths: int, seed: int) -> list[list[float]]:
    """Simulated futures with normal errors of the model's residual deviation.

    Args:
        model: the fitted model.
        steps: length of each path, at least 1.
        paths: number of paths.
        seed: the same seed gives the same paths; a longer path begins as a shorter one does.

    Returns:
        One list of values for each path.
    """
    import random

    # a generator a path, so that what a path draws does not depend on the length of those before it
    seeds = (f"{seed} {path}" for path in range(paths))
    return [_simulate_path(model, steps, random.Random(text)) for text in seeds]  # noqa: S311 -- reproducible, no secret


def interval_half_widths(model: SmoothingModel, steps: int) -> list[float]:
    """Half the width of the prediction interval at each step, from the variance of the accumulated errors.

    For a multiplicative season this variance is an approximation, relative to the forecast.

    Args:
        model: the fitted model.
        steps: at least 0.
    """
    alpha, beta, gamma = model.weights
    is_naive = model.weights == NAIVE_WEIGHTS
    quantile = _NORMAL_QUANTILE if is_naive else t_quantile((1 + CONFIDENCE_LEVEL) / 2, model.degrees_of_freedom)
    season, relative_variance, half_widths = len(model.seasonal), 1.0, []
    for step, expected in enumerate(point_forecast(model, steps), 1):
        trend_sd = model.trend_se * (model.steps_since_centroid + step)
        trend_sd *= model.seasonal[(step - 1) % season] if model.is_multiplicative else 1.0
        error_sd = (
            model.residual_sd * math.sqrt(relative_variance) * (abs(expected) if model.is_multiplicative else 1.0)
        )
        half_widths.append(quantile * math.hypot(error_sd, trend_sd))
        coefficient = alpha * (1 + model.trend_sum(step) * beta) + (gamma * (1 - alpha) if step % season == 0 else 0.0)
        relative_variance += coefficient * coefficient
    return half_widths


def _simulate_path(model: SmoothingModel, steps: int, rng: random.Random) -> list[float]:
    alpha, beta, gamma = model.weights
    level, trend, seasonal = model.level, model.trend, list(model.seasonal)
    # the deviation is an estimate: its own uncertainty follows from the degrees of freedom
    residual_sd = model.residual_sd * math.sqrt(
        model.degrees_of_freedom / rng.gammavariate(model.degrees_of_freedom / 2, 2)
    )
    season, path = len(seasonal), []
    # what the trend may differ by; it lasts, also where the trend itself fades
    drift = rng.gauss(0, model.trend_se) if model.trend_se else 0.0
    level += drift * model.steps_since_centroid
    for step in range(steps):
        trend *= model.damping
        figure, base = seasonal[step % season], level + trend + drift
        expected = base * figure if model.is_multiplicative else base + figure
        value = expected + rng.gauss(0, residual_sd) * (expected if model.is_multiplicative else 1.0)
        path.append(value)
        error = value - expected
        if model.is_multiplicative:
            error = error / figure if figure > 0 else 0.0
        level = base + alpha * error
        trend += alpha * beta * error
        detrended = value - level
        if model.is_multiplicative:
            detrended = value / level if level > 0 else figure
        seasonal[step % season] = gamma * detrended + (1 - gamma) * figure
    return path


def prediction_intervals(model: SmoothingModel, paths: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """Lower and upper limit of each step, which hold CONFIDENCE_LEVEL of the paths; exact for a naive forecast.

    Args:
        model: the fitted model.
        paths: its simulated futures, at least one.
    """
    steps = len(paths[0])
    if model.weights == NAIVE_WEIGHTS:
        forecast, half_widths = point_forecast(model, steps), interval_half_widths(model, steps)
        return [(value - half_width, value + half_width) for value, half_width in zip(forecast, half_widths)]
    return [central_interval(paths, step) for step in range(steps)]


def central_interval(paths: Sequence[Sequence[float]], step: int) -> tuple[float, float]:
    """The limits that hold CONFIDENCE_LEVEL of the paths at a step, as many below as above."""
    ranked = sorted(path[step] for path in paths)
    return _quantile(ranked, (1 - CONFIDENCE_LEVEL) / 2), _quantile(ranked, (1 + CONFIDENCE_LEVEL) / 2)


def _quantile(ranked: Sequence[float], probability: float) -> float:
    """Linear interpolation between order statistics: type 7 of Hyndman and Fan 1996."""
    position = probability * (len(ranked) - 1)
    low = math.floor(position)
    return ranked[low] + (position - low) * (ranked[min(low + 1, len(ranked) - 1)] - ranked[low])


def exceedance_probabilities(paths: Sequence[Sequence[float]], capacity: float) -> list[float]:
    """For each step the share of the paths that exceeded the capacity at that step or before.

    Args:
        paths: simulated futures of the same length, at least one.
        capacity: in the unit of the paths.

    >>> exceedance_probabilities([[1, 3, 1], [1, 1, 1]], 2)
    [0.0, 0.5, 0.5]
    """
    first_exceeded = [next((step for step, value in enumerate(path) if value > capacity), None) for path in paths]
    counts = [0] * len(paths[0])
    for step in first_exceeded:
        if step is not None:
            counts[step] += 1
    probabilities, exceeded = [], 0
    for count in counts:
        exceeded += count
        probabilities.append(exceeded / len(paths))
    return probabilities


class Backtest(NamedTuple):
    """Accuracy of a forecast of held-out values.

    Attributes:
        mase: mean absolute error over that of repeating the season; None where the latter is 0.
        mape: mean absolute relative error; None where a held-out value is 0.
        rmse: root mean square error, in the unit of the series.
        coverage: share of the held-out values inside their prediction intervals.
    """

    mase: float | None
    mape: float | None
    rmse: float
    coverage: float


def backtest(values: Series, season: int, method: str, horizon: int, paths: int, seed: int) -> Backtest:
    """Fits all values but the last `horizon` and forecasts those.

    Args:
        values: as `fit_method` takes them before the last `horizon`; of these one at least must be present.
        season: steps in a season, 1 for none.
        method: one of METHODS.
        horizon: how many of the last values are held out.
        paths: number of simulated futures.
        seed: of the simulated futures.
    """
    train, test = values[:-horizon], values[-horizon:]
    model = fit_method(train, season, method)
    forecast, simulated = point_forecast(model, horizon), simulate_paths(model, horizon, paths, seed)
    intervals = prediction_intervals(model, simulated)
    present = [(step, value, forecast[step]) for step, value in enumerate(test) if value is not None]
    errors = [value - expected for _, value, expected in present]
    naive_error = seasonal_naive_mae(train, season)
    mean_absolute_error = math.fsum(map(abs, errors)) / len(errors)
    inside = sum(low <= value <= high for step, value, _ in present for low, high in [intervals[step]])
    has_zero = any(value == 0 for _, value, _ in present)
    mape = None
    if not has_zero:
        mape = math.fsum(abs(value - expected) / value for _, value, expected in present) / len(present)
    rmse = math.sqrt(math.fsum(error * error for error in errors) / len(errors))
    return Backtest(mean_absolute_error / naive_error if naive_error else None, mape, rmse, inside / len(present))


def seasonal_naive_mae(values: Series, season: int) -> float:
    """Mean absolute difference between values one season apart, by which MASE scales; 0 where there is none.

    Args:
        values: the series, None for a gap.
        season: steps in a season, 1 for none.
    """
    pairs = [(value, later) for value, later in zip(values, values[season:]) if value is not None and later is not None]
    return math.fsum(abs(later - value) for value, later in pairs) / max(1, len(pairs))

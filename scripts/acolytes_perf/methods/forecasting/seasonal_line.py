"""A straight line with a fixed season, by least squares. The season adds to the line or multiplies it.

Where the season multiplies, residuals are relative, and their squares are least: line and season are estimated in
turn, each with the other held fixed, until they no longer change.

Source: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, chapter 7 (regression with trend
and seasonal dummy variables).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.forecasting.smoothing_model import (
    Series,
    SmoothingModel,
    Weights,
    infeasible_model,
    interpolate,
)

#: Neither level, trend nor season adapts to errors.
_NO_SMOOTHING: Weights = (0.0, 0.0, 0.0)
_AUTOCORRELATION_LAGS = 5
#: The iteration ends when no seasonal index changes by more than the tolerance, or after so many rounds.
_MAX_ROUNDS, _TOLERANCE = 30, 1e-9


class _Line(NamedTuple):
    """A fitted line at the last observation; the sums are those of the regression of the values on time."""

    level: float
    trend: float
    seasonal: list[float]
    time_squares: float
    steps_since_centroid: float


def fit_additive_line(values: Series, season: int) -> SmoothingModel:
    """A line plus a season.

    Args:
        values: two whole seasons at least.
        season: steps in a season, 1 for none.

    Returns:
        The model at the last observation; its level is part of the seasonal indices.
    """
    phases = _by_phase(values, season)
    means = [[math.fsum(column) / len(phase) for column in zip(*phase)] for phase in phases]
    deviations = [
        (index - means[index % season][0], value - means[index % season][1]) for index, value in _present(values)
    ]
    time_squares = math.fsum(steps * steps for steps, _ in deviations)
    trend = math.fsum(steps * change for steps, change in deviations) / time_squares
    residuals = [change - trend * steps for steps, change in deviations]
    seasonal = [mean + trend * (len(values) - 1 - mean_time) for mean_time, mean in means]
    sum_of_squares = math.fsum(residual * residual for residual in residuals)
    line = _Line(0.0, trend, seasonal, time_squares, len(values) / 2)
    log_likelihood = _minus_2_log_likelihood(residuals)
    return _model(line, residuals, sum_of_squares, log_likelihood, len(values), multiplicative=False)


def fit_multiplicative_line(values: Series, season: int) -> SmoothingModel:
    """A line times a season.

    Args:
        values: two whole seasons at least, all above 0.
        season: steps in a season, 1 for none.

    Returns:
        The model at the last observation; `infeasible_model` where the line falls to 0.
    """
    # in units of the largest value, so that no square overflows or underflows
    largest = max(value for _, value in _present(values))
    model = _fit_scaled([None if value is None else value / largest for value in values], season)
    if not math.isfinite(model.residual_sd):
        return model
    return model._replace(
        level=model.level * largest,
        trend=model.trend * largest,
        trend_se=model.trend_se * largest,
        sum_of_squares=model.sum_of_squares * largest * largest,
        minus_2_log_likelihood=model.minus_2_log_likelihood + 2 * len(_present(values)) * math.log(largest),
    )


def _fit_scaled(values: Series, season: int) -> SmoothingModel:
    present = _present(values)
    seasonal, (intercept, trend), weights = [1.0] * season, (0.0, 0.0), [1.0] * len(present)
    for _ in range(_MAX_ROUNDS):
        before = seasonal
        intercept, trend = _weighted_line(
            [(index, value / seasonal[index % season]) for index, value in present], weights
        )
        if min(intercept, intercept + trend * (len(values) - 1)) <= 0:
            return infeasible_model(_NO_SMOOTHING)
        ratios = [
            [value / (intercept + trend * index) for index, value in phase] for phase in _by_phase(values, season)
        ]
        seasonal = [math.fsum(phase) / len(phase) for phase in ratios]
        mean_ratio = math.fsum(seasonal) / season
        seasonal = [figure / mean_ratio for figure in seasonal]
        # residuals are relative to the line, so that a low value weighs as much as a high one
        weights = [(intercept + trend * index) ** -2 for index, _ in present]
        if max(abs(figure - previous) for figure, previous in zip(seasonal, before)) < _TOLERANCE:
            break
    expected = [(intercept + trend * index) * seasonal[index % season] for index, _ in present]
    residuals = [value / mean - 1 for (_, value), mean in zip(present, expected)]
    sum_of_squares = math.fsum((residual * mean) ** 2 for residual, mean in zip(residuals, expected))
    mean_times = [math.fsum(index for index, _ in phase) / len(phase) for phase in _by_phase(values, season)]
    time_squares = math.fsum(
        weight * (index - mean_times[index % season]) ** 2 for weight, (index, _) in zip(weights, present)
    )
    last = len(values) - 1
    centroid = math.fsum(weight * index for weight, (index, _) in zip(weights, present)) / math.fsum(weights)
    line = _Line(intercept + trend * last, trend, seasonal, time_squares, last - centroid)
    log_likelihood = _minus_2_log_likelihood(residuals, expected)
    return _model(line, residuals, sum_of_squares, log_likelihood, len(values), multiplicative=True)


def _model(
    line: _Line,
    residuals: Sequence[float],
    sum_of_squares: float,
    minus_2_log_likelihood: float,
    count: int,
    *,
    multiplicative: bool,
) -> SmoothingModel:
    """The line as a smoothing model whose weights are 0, with the standard error of its trend."""
    season, residual_squares = len(line.seasonal), math.fsum(residual * residual for residual in residuals)
    degrees_of_freedom = max(2, len(residuals) - season - 1)
    residual_sd = math.sqrt(residual_squares / degrees_of_freedom)
    phase = count % season
    return SmoothingModel(
        is_multiplicative=multiplicative,
        weights=_NO_SMOOTHING,
        level=line.level,
        trend=line.trend,
        seasonal=line.seasonal[phase:] + line.seasonal[:phase],
        sum_of_squares=sum_of_squares,
        # the mean of each phase is an estimate, too
        residual_sd=residual_sd * math.sqrt(1 + season / count),
        degrees_of_freedom=degrees_of_freedom,
        trend_se=residual_sd / math.sqrt(line.time_squares),
        steps_since_centroid=line.steps_since_centroid,
        residual_autocorrelation=_autocorrelation(residuals, residual_squares),
        minus_2_log_likelihood=minus_2_log_likelihood,
    )


def _minus_2_log_likelihood(residuals: Sequence[float], scales: Sequence[float] = ()) -> float:
    """-2 log likelihood of normal residuals without the terms that both models share.

    Relative residuals need the `scales` that they were divided by, so that models of both kinds compare.
    """
    variance = math.fsum(residual * residual for residual in residuals) / len(residuals)
    if variance <= 0:
        return -math.inf
    return len(residuals) * math.log(variance) + 2 * math.fsum(map(math.log, scales))


def _weighted_line(points: Sequence[tuple[int, float]], weights: Sequence[float]) -> tuple[float, float]:
    """Intercept and slope of the weighted least squares line."""
    total = math.fsum(weights)
    mean_x = math.fsum(weight * x for weight, (x, _) in zip(weights, points)) / total
    mean_y = math.fsum(weight * y for weight, (_, y) in zip(weights, points)) / total
    squares = math.fsum(weight * (x - mean_x) ** 2 for weight, (x, _) in zip(weights, points))
    slope = math.fsum(weight * (x - mean_x) * y for weight, (x, y) in zip(weights, points)) / squares
    return mean_y - slope * mean_x, slope


def _present(values: Series) -> list[tuple[int, float]]:
    return [(index, value) for index, value in enumerate(values) if value is not None]


def _by_phase(values: Series, season: int) -> list[list[tuple[int, float]]]:
    """The present values by their phase in the season; a phase without any takes its first interpolated value."""
    complete = interpolate(values)
    phases: list[list[tuple[int, float]]] = [[] for _ in range(season)]
    for index, value in _present(values):
        phases[index % season].append((index, value))
    return [points or [(phase, complete[phase])] for phase, points in enumerate(phases)]


def _autocorrelation(residuals: Sequence[float], residual_squares: float) -> float:
    """Sum of the autocorrelations up to _AUTOCORRELATION_LAGS, in standard errors; 0 where all residuals are 0."""
    if residual_squares <= 0:
        return 0.0
    lagged = (
        math.fsum(residual * later for residual, later in zip(residuals, residuals[lag:]))
        for lag in range(1, _AUTOCORRELATION_LAGS + 1)
    )
    return math.fsum(lagged) / residual_squares * math.sqrt(len(residuals) / _AUTOCORRELATION_LAGS)

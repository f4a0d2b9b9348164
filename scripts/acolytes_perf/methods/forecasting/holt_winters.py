"""Exponential smoothing of level, trend and season, with the smoothing weights of least squares.

Start values, recursion and sum of squares are those of R's `HoltWinters`. The weights are found by a pattern search
that halves its step. A seasonal naive forecast is the same recursion with `NAIVE_WEIGHTS`.

Sources: Winters, Forecasting sales by exponentially weighted moving averages, Management Science 6(3), 1960,
doi 10.1287/mnsc.6.3.324; Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, chapter 8.
"""

from __future__ import annotations

import math

from acolytes_perf.methods.forecasting.smoothing_model import (
    Series,
    SmoothingModel,
    Weights,
    infeasible_model,
    interpolate,
)

#: The seasonal indices take each new value whole: the forecast repeats the last season.
NAIVE_WEIGHTS: Weights = (0.0, 0.0, 1.0)
_START_WEIGHTS: Weights = (0.3, 0.1, 0.1)
#: The search ends at the first step for a series of up to _SHORT_SERIES values, at the second for a longer one.
_FINE_STEP, _COARSE_STEP, _SHORT_SERIES = 1e-5, 2e-3, 500
#: So often one length of step is followed: along a flat valley, where weights fit alike, the search took 140,000 steps.
_MOST_MOVES = 60
#: Level, trend and seasonal indices before the first value.
State = tuple[float, float, list[float]]


def fit_holt_winters(values: Series, season: int, *, multiplicative: bool, damping: float = 1.0) -> SmoothingModel:
    """Fits the smoothing weights by least squares of the one-step errors.

    Args:
        values: two whole seasons and 4 values more at least; above 0 for a multiplicative season.
        season: steps in a season, 1 for none.
        multiplicative: whether the season multiplies the level instead of adding to it.
        damping: factor by which the trend shrinks at each step.

    Returns:
        The model; `infeasible_model` where level or season fall to 0 and the season multiplies.
    """
    start, skipped = _start_state(interpolate(values), season, multiplicative=multiplicative)
    weights = _START_WEIGHTS if season > 1 else (*_START_WEIGHTS[:2], 0.0)
    return search_weights(
        values[skipped:],
        weights,
        start,
        multiplicative=multiplicative,
        searched=3 if season > 1 else 2,
        damping=damping,
    )


def search_weights(
    values: Series,
    weights: Weights,
    start: State,
    *,
    multiplicative: bool,
    searched: int,
    damping: float = 1.0,
) -> SmoothingModel:
    """The model with the weights of least squares, by a pattern search that halves its step.

    Args:
        values: the series from the first forecast on.
        weights: where to start.
        start: level, trend and seasonal indices before the first value.
        multiplicative: whether the season multiplies the level.
        searched: how many of the weights are searched for: 1 the level's, 2 the trend's too, 3 all.
        damping: factor by which the trend shrinks at each step.
    """
    smallest_step = _FINE_STEP if len(values) <= _SHORT_SERIES else _COARSE_STEP
    step, moves = 0.2, 0
    best = smooth(values, weights, start, multiplicative=multiplicative, damping=damping)
    while step > smallest_step:
        better = best
        for candidate_weights in _neighbours(weights, step, searched):
            limit = better.sum_of_squares
            candidate = smooth(
                values, candidate_weights, start, multiplicative=multiplicative, limit=limit, damping=damping
            )
            better = candidate if candidate.sum_of_squares < limit else better
        if better.sum_of_squares < best.sum_of_squares and moves < _MOST_MOVES:
            best, weights, moves = better, better.weights, moves + 1
        else:
            step, moves = step / 2, 0
    return best


def apply_holt_winters(
    values: Series, season: int, weights: Weights, *, multiplicative: bool, damping: float = 1.0
) -> SmoothingModel:
    """The model with given smoothing weights after these values; the arguments are those of `fit_holt_winters`."""
    start, skipped = _start_state(interpolate(values), season, multiplicative=multiplicative)
    return smooth(values[skipped:], weights, start, multiplicative=multiplicative, damping=damping)


def fit_seasonal_naive(values: Series, season: int) -> SmoothingModel:
    """The forecast that repeats the last season; needs more than one season of values.

    Args:
        values: more than one season of them.
        season: steps in a season, 1 for none.
    """
    first_season = interpolate(values)[:season]
    return smooth(values[season:], NAIVE_WEIGHTS, (0.0, 0.0, first_season), multiplicative=False)


def _neighbours(weights: Weights, step: float, searched: int) -> list[Weights]:
    """The weights with one of them changed by a step, within 0 to 1."""
    neighbours = []
    for index in range(searched):
        for change in (step, -step):
            moved = list(weights)
            moved[index] = min(1.0, max(0.0, moved[index] + change))
            neighbours.append((moved[0], moved[1], moved[2]))
    return neighbours


def _start_state(values: list[float], season: int, *, multiplicative: bool) -> tuple[State, int]:
    """Level, trend and seasonal indices before the first forecast, and how many values come before it.

    They come from a classical decomposition of the first two seasons, as in R's `HoltWinters`.
    """
    if season == 1:
        return (values[1], values[1] - values[0], [1.0 if multiplicative else 0.0]), 2
    two_seasons = values[: 2 * season]
    half = season // 2
    end_weight = 0.5 if season % 2 == 0 else 1.0
    indices = range(half, len(two_seasons) - half)
    moving_averages = [
        (
            math.fsum(two_seasons[index - half + 1 : index + half])
            + end_weight * (two_seasons[index - half] + two_seasons[index + half])
        )
        / season
        for index in indices
    ]
    mean_time = (len(moving_averages) + 1) / 2
    mean = math.fsum(moving_averages) / len(moving_averages)
    time_squares = math.fsum((time - mean_time) ** 2 for time in range(1, len(moving_averages) + 1))
    trend = (
        math.fsum((time - mean_time) * (average - mean) for time, average in enumerate(moving_averages, 1))
        / time_squares
    )
    detrended: list[list[float]] = [[] for _ in range(season)]
    for index, average in zip(indices, moving_averages):
        value = two_seasons[index]
        detrended[index % season].append(value / average if multiplicative else value - average)
    seasonal = [math.fsum(phase) / len(phase) for phase in detrended]
    centre = math.fsum(seasonal) / season
    seasonal = [figure / centre if multiplicative else figure - centre for figure in seasonal]
    return (mean - trend * mean_time, trend, seasonal), season


def smooth(
    values: Series,
    weights: Weights,
    start: State,
    *,
    multiplicative: bool,
    limit: float = math.inf,
    damping: float = 1.0,
) -> SmoothingModel:
    """Runs the smoothing recursion over the values.

    Args:
        values: the series from the first forecast on.
        weights: smoothing weights of level, trend and season.
        start: level, trend and seasonal indices before the first value.
        multiplicative: whether the season multiplies the level.
        limit: gives up once the sum of squares exceeds it.
        damping: factor by which the trend shrinks at each step.

    Returns:
        The model after the last value; `infeasible_model` where it was given up.
    """
    alpha, beta, gamma = weights
    level, trend, start_seasonal = start
    seasonal = list(start_seasonal)
    season, sum_of_squares, residual_squares, count = len(seasonal), 0.0, 0.0, 0
    # a start from two seasons alone is rough: where enough values are left, the first season's errors do not count
    has_burn_in = alpha > 0 and weights != NAIVE_WEIGHTS and len(values) >= 3 * season and season > 1
    burn_in = season if has_burn_in else 0
    for index, value in enumerate(values):
        trend *= damping
        figure, base = seasonal[index % season], level + trend
        forecast = base * figure if multiplicative else base + figure
        if value is None:
            level = base
            continue
        if sum_of_squares > limit or (multiplicative and (figure <= 0 or base <= 0)):
            return infeasible_model(weights)
        error = value - forecast
        sum_of_squares += error * error
        if index >= burn_in:
            residual_squares += (error / forecast) ** 2 if multiplicative else error * error
            count += 1
        new_level = alpha * (value / figure if multiplicative else value - figure) + (1 - alpha) * base
        trend, level = beta * (new_level - level) + (1 - beta) * trend, new_level
        if multiplicative and level <= 0:
            return infeasible_model(weights)
        seasonal[index % season] = gamma * (value / level if multiplicative else value - level) + (1 - gamma) * figure
    phase = len(values) % season
    # weights, season, level and trend are estimates, except in a naive forecast: they widen its intervals
    estimated = season + 4 if alpha or beta else 0
    degrees_of_freedom = max(2, count - estimated)
    residual_sd = math.sqrt(residual_squares / degrees_of_freedom * (1 + estimated / count))
    return SmoothingModel(
        is_multiplicative=multiplicative, weights=weights, level=level, trend=trend,
        seasonal=seasonal[phase:] + seasonal[:phase], sum_of_squares=sum_of_squares, residual_sd=residual_sd,
        degrees_of_freedom=degrees_of_freedom, damping=damping,
    )  # fmt: skip

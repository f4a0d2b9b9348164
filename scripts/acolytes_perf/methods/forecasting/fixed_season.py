"""A level that drifts without a trend under a season that stays: simple smoothing of what a fitted season leaves.

The season is that of the line through all values (`seasonal_line`). So it rests on every season of the history, and
not on the first two as in `holt_winters`; only the level goes on changing.

Source: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, sections 5.7 (forecasting with
decomposition) and 5.5 (intervals of the drift method).
"""

from __future__ import annotations

import math

from acolytes_perf.methods.forecasting.holt_winters import search_weights, smooth
from acolytes_perf.methods.forecasting.seasonal_line import fit_additive_line, fit_multiplicative_line
from acolytes_perf.methods.forecasting.smoothing_model import Series, SmoothingModel, Weights, infeasible_model

_START_WEIGHTS: Weights = (0.3, 0.0, 0.0)
#: The trend counts for nothing.
_NO_TREND = 0.0


def fit_fixed_season(values: Series, season: int, *, multiplicative: bool) -> SmoothingModel:
    """Fits the weight of the level by least squares of the one-step errors.

    Args:
        values: two whole seasons and 4 values more at least; above 0 for a multiplicative season.
        season: steps in a season, 1 for none.
        multiplicative: whether the season multiplies the level instead of adding to it.

    Returns:
        The model; `infeasible_model` where the level does not drift, since the line is then the same.
    """
    start = _start_state(values, season, multiplicative=multiplicative)
    if start is None:
        return infeasible_model(_START_WEIGHTS)
    model = search_weights(values, _START_WEIGHTS, start, multiplicative=multiplicative, searched=1, damping=_NO_TREND)
    return _with_drift(model, len(values)) if model.weights[0] > 0 else infeasible_model(model.weights)


def apply_fixed_season(values: Series, season: int, weights: Weights, *, multiplicative: bool) -> SmoothingModel:
    """The model with given smoothing weights after these values; the arguments are those of `fit_fixed_season`."""
    start = _start_state(values, season, multiplicative=multiplicative)
    if start is None or weights[0] <= 0:
        return infeasible_model(weights)
    return _with_drift(smooth(values, weights, start, multiplicative=multiplicative, damping=_NO_TREND), len(values))


def _with_drift(model: SmoothingModel, count: int) -> SmoothingModel:
    """The model with the standard error of its drift, which is taken as 0, but which so many values hardly show.

    The level is a random walk. Its steps have the standard deviation alpha * residual_sd, and their mean that over the
    square root of their number: the method of drift in Hyndman and Athanasopoulos, section 5.5.
    """
    step_sd = model.weights[0] * model.residual_sd * (abs(model.level) if model.is_multiplicative else 1.0)
    return model._replace(trend_se=step_sd / math.sqrt(count - 1))


def _start_state(values: Series, season: int, *, multiplicative: bool) -> tuple[float, float, list[float]] | None:
    """Level, trend and season of the line before the first value; None without a line."""
    line = (fit_multiplicative_line if multiplicative else fit_additive_line)(values, season)
    if not math.isfinite(line.residual_sd):
        return None
    phase = len(values) % season
    seasonal = [line.seasonal[(index - phase) % season] for index in range(season)]
    return line.level - line.trend * len(values), line.trend, seasonal

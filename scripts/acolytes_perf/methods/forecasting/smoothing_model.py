"""The state of a forecasting model: level, trend and seasonal indices after the last observation.

Holt-Winters smoothing (`holt_winters`) and the straight line with a fixed season (`seasonal_line`) both end in it.

Source: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, section 8.3 (level, trend and
seasonal components).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Optional

#: A series at even steps; None is a missing value.
Series = Sequence[Optional[float]]
#: Smoothing weights of level, trend and season (alpha, beta, gamma), each from 0 to 1.
Weights = tuple[float, float, float]


class SmoothingModel(NamedTuple):
    """A fitted model after the last observation.

    Attributes:
        is_multiplicative: the season multiplies the level, and residuals are relative to the forecast.
        weights: smoothing weights alpha, beta and gamma; all 0 for a straight line.
        level: level at the last observation.
        trend: change of the level per step.
        seasonal: seasonal indices, the first for the next step.
        sum_of_squares: of the one-step errors, in squared units of the series.
        residual_sd: standard deviation of the one-step errors.
        degrees_of_freedom: of `residual_sd`, at least 2.
        trend_se: standard error of the trend, or of the drift that a model without a trend leaves out; 0 where
            smoothing adapts the trend.
        steps_since_centroid: steps from the centroid of the regression's times to the last observation.
        residual_autocorrelation: sum of the residuals' first autocorrelations, in standard errors.
        minus_2_log_likelihood: up to a constant shared by the models compared.
        damping: the trend shrinks by this factor at each step; 1 for a trend that stays.
    """

    is_multiplicative: bool
    weights: Weights
    level: float
    trend: float
    seasonal: list[float]
    sum_of_squares: float
    residual_sd: float
    degrees_of_freedom: int
    trend_se: float = 0.0
    steps_since_centroid: float = 0.0
    residual_autocorrelation: float = 0.0
    minus_2_log_likelihood: float = math.inf
    damping: float = 1.0

    def trend_sum(self, steps: int) -> float:
        """How many times the trend the level changes by in so many steps.

        >>> model = infeasible_model((0.0, 0.0, 0.0))
        >>> model.trend_sum(3), model._replace(damping=0.5).trend_sum(2)
        (3, 0.75)
        """
        if self.damping == 1:
            return steps
        return self.damping * (1 - self.damping**steps) / (1 - self.damping)


def infeasible_model(weights: Weights) -> SmoothingModel:
    """A placeholder for a model that does not fit: its sum of squares and residual deviation are infinite."""
    return SmoothingModel(
        is_multiplicative=True, weights=weights, level=0.0, trend=0.0, seasonal=[0.0], sum_of_squares=math.inf,
        residual_sd=math.inf, degrees_of_freedom=2,
    )  # fmt: skip


def interpolate(values: Series) -> list[float]:
    """The series with its gaps filled: linearly inside, by the nearest value at both ends.

    Args:
        values: at least one of them must be present.

    >>> interpolate([None, 1, None, 3, None])
    [1, 1, 2.0, 3, 3]
    """
    present = [(index, value) for index, value in enumerate(values) if value is not None]
    complete = [value if value is not None else present[0][1] for value in values]
    for (left, low), (right, high) in zip(present, present[1:]):
        for index in range(left + 1, right):
            complete[index] = low + (high - low) * (index - left) / (right - left)
    for index in range(present[-1][0] + 1, len(values)):
        complete[index] = present[-1][1]
    return complete

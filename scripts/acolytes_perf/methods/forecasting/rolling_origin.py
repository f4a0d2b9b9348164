"""Rolling-origin evaluation: forecasts from several past origins, each with only the values known then.

The weights are fitted before the first origin and stay, so no value judges a fit that has seen it. Where prediction
intervals held fewer of these values than they promise, they are widened (conformal scaling): by the quantile of the
errors in units of the half width, drawn towards 1 where the origins are too few to tell.

Sources: Tashman, Out-of-sample tests of forecasting accuracy, International Journal of Forecasting 16(4), 2000,
doi 10.1016/S0169-2070(00)00065-0 (rolling origin); Papadopoulos et al., Inductive confidence machines for regression,
2002, doi 10.1007/3-540-36755-1_29 (normalised conformal intervals).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.forecasting.forecasts import (
    CONFIDENCE_LEVEL,
    apply_method,
    fit_method,
    interval_half_widths,
    point_forecast,
)
from acolytes_perf.methods.forecasting.smoothing_model import Series, SmoothingModel

_MAX_ORIGINS = 12
#: A wider scale than this is not noise: the model is wrong.
_MAX_SCALE = 4.0
#: Weight of the model's own intervals, in independent origins.
_PRIOR_ORIGINS = 1.0


class ForecastError(NamedTuple):
    """One value forecast from an origin.

    Attributes:
        origin: index of the first value that the forecast did not know.
        absolute_error: in the unit of the series.
        half_width: of the prediction interval, in the same unit.
    """

    origin: int
    absolute_error: float
    half_width: float


class Evaluation(NamedTuple):
    """A method's forecasts over all origins.

    Attributes:
        method: one of `forecasting.METHODS`.
        season: steps in a season, 1 for none.
        mean_absolute_error: in the unit of the series.
        errors: of each value forecast.
        independent_origins: how many forecasts without overlap the origins are worth.
    """

    method: str
    season: int
    mean_absolute_error: float
    errors: list[ForecastError]
    independent_origins: float

    @property
    def interval_scale(self) -> float:
        """The factor that widens prediction intervals to hold what they promise; at least 1."""
        return _interval_scale(self.errors, self.independent_origins)

    @property
    def coverage(self) -> float:
        """Share of the values inside their intervals, those of one half of the origins scaled by the other half."""
        origins = sorted({error.origin for error in self.errors})
        inside = 0
        for half in (0, 1):
            own = {origin for index, origin in enumerate(origins) if index * 2 // len(origins) == half}
            others = [error for error in self.errors if error.origin not in own]
            scale = _interval_scale(others, self.independent_origins / 2) if others else 1.0
            inside += sum(
                error.absolute_error <= scale * error.half_width for error in self.errors if error.origin in own
            )
        return inside / len(self.errors)


def _interval_scale(errors: Sequence[ForecastError], independent_origins: float) -> float:
    scores = sorted(
        error.absolute_error / error.half_width if error.half_width > 0 else float(error.absolute_error > 0)
        for error in errors
    )
    rank = min(len(scores) - 1, math.ceil(CONFIDENCE_LEVEL * (len(scores) + 1)) - 1)
    scale = min(_MAX_SCALE, max(1.0, scores[rank]))
    return float(scale ** (independent_origins / (independent_origins + _PRIOR_ORIGINS)))


def first_origin(count: int, season: int, horizon: int) -> int:
    """Index of the first origin: what a fit needs before it, or more, up to two thirds of the values.

    Args:
        count: number of values, gaps included.
        season: steps in a season, 1 for none.
        horizon: steps forecast from each origin, at least 1.
    """
    return max(2 * season + 4, count - max(2 * horizon, count // 3))


def evaluate_method(values: Series, season: int, method: str, horizon: int, first: int) -> Evaluation | None:
    """Forecasts from origins between `first` and `horizon` values before the end.

    Args:
        values: those before `first` must be enough for `forecasting.fit_method`.
        season: steps in a season, 1 for none.
        method: one of `forecasting.METHODS`.
        horizon: steps forecast from each origin.
        first: index of the first origin.

    Returns:
        The errors; None where the method does not suit the values, or no value follows any origin.
    """
    weights = fit_method(values[:first], season, method).weights
    errors: list[ForecastError] = []
    for origin in origins(len(values), first, horizon):
        model = apply_method(values[:origin], season, method, weights)
        if not math.isfinite(model.residual_sd):
            return None
        errors += _errors(model, values[origin : origin + horizon], origin)
    if not errors:
        return None
    mean_absolute_error = math.fsum(error.absolute_error for error in errors) / len(errors)
    return Evaluation(method, season, mean_absolute_error, errors, (len(values) - first) / horizon)


def origins(count: int, first: int, horizon: int) -> list[int]:
    """Up to 12 indices, evenly spaced from the first to the last with a whole horizon behind it.

    Args:
        count: number of values, gaps included.
        first: index of the first origin.
        horizon: steps forecast from each origin, at least 1.

    >>> origins(20, 10, 4)
    [10, 11, 12, 13, 14, 15, 16]
    """
    last = count - horizon
    number = min(_MAX_ORIGINS, last - first + 1)
    return [first] if number == 1 else [first + round(at * (last - first) / (number - 1)) for at in range(number)]


def _errors(model: SmoothingModel, test: Series, origin: int) -> list[ForecastError]:
    horizon = len(test)
    rows = zip(test, point_forecast(model, horizon), interval_half_widths(model, horizon))
    return [
        ForecastError(origin, abs(value - expected), half_width)
        for value, expected, half_width in rows
        if value is not None
    ]

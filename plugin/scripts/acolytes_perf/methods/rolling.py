"""A forecast judged where the future is known: from several origins in the past, with what was known there.

The weights are fitted before the first origin and stay, so no value judges a fit that has seen it. Where intervals
held fewer of these values than they promise, they are stretched until they would have (conformal scaling): by the
quantile of the errors in units of the interval's reach, drawn towards 1 where the origins say little.

Sources: Hyndman and Koehler, International Journal of Forecasting 22, 2006, doi 10.1016/j.ijforecast.2006.03.001
(MASE); Papadopoulos et al., Inductive confidence machines for regression, 2002, doi 10.1007/3-540-36755-1_29.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.forecasting import LEVEL, Smoothing, Values, fit, forecast, reaches, state

_MOST_ORIGINS = 12
#: A stretch beyond this is none of noise: the model is wrong.
_MOST_STRETCH = 4.0
#: As many independent stretches of the past as the belief that the model's own intervals are right is worth.
_BELIEF = 1.0


class Error(NamedTuple):
    """One value forecast from an origin: how far off, and how far the interval reached."""

    origin: int
    size: float
    reach: float


class Judged(NamedTuple):
    """A method over rolling origins: mean absolute error, that of the seasonal naive as a scale, and the errors."""

    method: str
    season: int
    size: float
    errors: list[Error]
    independent: float

    @property
    def stretch(self) -> float:
        """By how much the intervals are to be widened; at least 1."""
        return _stretch(self.errors, self.independent)

    @property
    def coverage(self) -> float:
        """Share of the values in their intervals, each half of the origins stretched by what the other half says."""
        origins = sorted({error.origin for error in self.errors})
        inside = 0
        for half in (0, 1):
            own = {origin for at, origin in enumerate(origins) if at * 2 // len(origins) == half}
            other = [error for error in self.errors if error.origin not in own]
            factor = _stretch(other, self.independent / 2) if other else 1.0
            inside += sum(error.size <= factor * error.reach for error in self.errors if error.origin in own)
        return inside / len(self.errors)


def _stretch(errors: Sequence[Error], independent: float) -> float:
    ratios = sorted(error.size / error.reach if error.reach > 0 else float(error.size > 0) for error in errors)
    place = min(len(ratios) - 1, math.ceil(LEVEL * (len(ratios) + 1)) - 1)
    found = min(_MOST_STRETCH, max(1.0, ratios[place]))
    return float(found ** (independent / (independent + _BELIEF)))


def first_origin(count: int, season: int, ahead: int) -> int:
    """How many values come before the first origin: what a fit takes, or more, up to two thirds of the values."""
    return max(2 * season + 4, count - max(2 * ahead, count // 3))


def judged(values: Values, season: int, method: str, ahead: int, first: int) -> Judged | None:
    """The method from origins between `first` and `ahead` values before the end; None where it does not suit.

    Needs a known value behind each origin, and before the first one what `fit` takes.
    """
    weights = fit(values[:first], season, method).weights
    errors: list[Error] = []
    for origin in origins(len(values), first, ahead):
        model = state(values[:origin], season, method, weights)
        if not math.isfinite(model.deviation):
            return None
        errors += _errors(model, values[origin : origin + ahead], origin)
    if not errors:
        return None
    independent = (len(values) - first) / ahead
    size = math.fsum(error.size for error in errors) / len(errors)
    return Judged(method, season, size, errors, independent)


def origins(count: int, first: int, ahead: int) -> list[int]:
    """Up to _MOST_ORIGINS places, evenly from the first to the last that has all values behind it."""
    last = count - ahead
    many = min(_MOST_ORIGINS, last - first + 1)
    return [first] if many == 1 else [first + round(at * (last - first) / (many - 1)) for at in range(many)]


def _errors(model: Smoothing, test: Values, origin: int) -> list[Error]:
    ahead = len(test)
    rows = zip(test, forecast(model, ahead), reaches(model, ahead))
    return [Error(origin, abs(value - expected), reach) for value, expected, reach in rows if value is not None]


def naive_scale(values: Values, season: int) -> float:
    """The mean absolute difference from one season to the next, by which MASE scales; 0 where there is none."""
    pairs = [(one, other) for one, other in zip(values, values[season:]) if one is not None and other is not None]
    return math.fsum(abs(other - one) for one, other in pairs) / max(1, len(pairs))

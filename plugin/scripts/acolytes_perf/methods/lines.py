"""A straight line with a season that stays, by least squares: the season is added to the line, or is a share of it.

Where the season is a share, errors are too, and the least squares are those of the shares: line and season are found
in turn, each for the other as it stands.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from acolytes_perf.methods.forecasting import Smoothing, Values, filled, impossible

_STILL = (0.0, 0.0, 0.0)
_LAGS = 5
#: Line and season settle within so many turns, or change by less than this share.
_TURNS, _SETTLED = 30, 1e-9


def plus(values: Values, season: int) -> Smoothing:
    """Line and season add up; needs two whole seasons."""
    phases = _phases(values, season)
    means = [[math.fsum(part) / len(phase) for part in zip(*phase)] for phase in phases]
    apart = [(at - means[at % season][0], value - means[at % season][1]) for at, value in _known(values)]
    spread = math.fsum(steps * steps for steps, _ in apart)
    trend = math.fsum(steps * change for steps, change in apart) / spread
    errors = [change - trend * steps for steps, change in apart]
    figures = [mean + trend * (len(values) - 1 - middle) for middle, mean in means]
    squares = math.fsum(error * error for error in errors)
    behind = len(values) / 2
    return _model(errors, squares, _unlikely(errors), 0.0, trend, figures, len(values), spread, behind, product=False)


def times(values: Values, season: int) -> Smoothing:
    """The season is a share of the line; needs two whole seasons of values above 0, and a line that stays above 0."""
    # in units of the largest, so that no square of a value is too small or too large for a number
    top = max(value for _, value in _known(values))
    found = _times([None if value is None else value / top for value in values], season)
    if not math.isfinite(found.deviation):
        return found
    return found._replace(
        level=found.level * top, trend=found.trend * top, unsure=found.unsure * top, squares=found.squares * top * top,
        unlikely=found.unlikely + 2 * len(_known(values)) * math.log(top),
    )  # fmt: skip


def _times(values: Values, season: int) -> Smoothing:
    known = _known(values)
    figures, (base, trend), weights = [1.0] * season, (0.0, 0.0), [1.0] * len(known)
    for _ in range(_TURNS):
        before = figures
        base, trend = _straight([(at, value / figures[at % season]) for at, value in known], weights)
        if min(base, base + trend * (len(values) - 1)) <= 0:
            return impossible(_STILL)
        shares = [[value / (base + trend * at) for at, value in phase] for phase in _phases(values, season)]
        figures = [math.fsum(phase) / len(phase) for phase in shares]
        middle = math.fsum(figures) / season
        figures = [figure / middle for figure in figures]
        # an error is a share of the line, so that of a low value is as good as that of a high one
        weights = [(base + trend * at) ** -2 for at, _ in known]
        if max(abs(one - other) for one, other in zip(figures, before)) < _SETTLED:
            break
    expected = [(base + trend * at) * figures[at % season] for at, _ in known]
    errors = [value / size - 1 for (_, value), size in zip(known, expected)]
    squares = math.fsum((error * size) ** 2 for error, size in zip(errors, expected))
    unlikely = _unlikely(errors, expected)
    means = [math.fsum(at for at, _ in phase) / len(phase) for phase in _phases(values, season)]
    spread = math.fsum(weight * (at - means[at % season]) ** 2 for weight, (at, _) in zip(weights, known))
    last = len(values) - 1
    behind = last - math.fsum(weight * at for weight, (at, _) in zip(weights, known)) / math.fsum(weights)
    level = base + trend * last
    return _model(errors, squares, unlikely, level, trend, figures, len(values), spread, behind, product=True)


def _model(
    errors: Sequence[float], squares: float, unlikely: float, level: float, trend: float, figures: list[float],
    count: int, spread: float, behind: float, *, product: bool,
) -> Smoothing:  # fmt: skip
    """The line as a smoothing that takes nothing from its errors, at its last value, with what is unsure of it."""
    season, sum_of_squares = len(figures), math.fsum(error * error for error in errors)
    freedom = max(2, len(errors) - season - 1)
    deviation = math.sqrt(sum_of_squares / freedom)
    turn = count % season
    return Smoothing(
        product, _STILL, level, trend, figures[turn:] + figures[:turn], squares,
        # of each phase the mean is an estimate too
        deviation * math.sqrt(1 + season / count),
        freedom, deviation / math.sqrt(spread), behind, _memory(errors, sum_of_squares),
        unlikely,
    )  # fmt: skip


def _unlikely(errors: Sequence[float], sizes: Sequence[float] = ()) -> float:
    """-2 times the logarithm of the likelihood, less what is the same in both: `sizes` make of shares what they are."""
    variance = math.fsum(error * error for error in errors) / len(errors)
    return len(errors) * math.log(variance) + 2 * math.fsum(map(math.log, sizes)) if variance > 0 else -math.inf


def _straight(points: Sequence[tuple[int, float]], weights: Sequence[float]) -> tuple[float, float]:
    """Height at 0 and slope of the line through weighted points."""
    whole = math.fsum(weights)
    middle = math.fsum(weight * at for weight, (at, _) in zip(weights, points)) / whole
    height = math.fsum(weight * value for weight, (_, value) in zip(weights, points)) / whole
    spread = math.fsum(weight * (at - middle) ** 2 for weight, (at, _) in zip(weights, points))
    slope = math.fsum(weight * (at - middle) * value for weight, (at, value) in zip(weights, points)) / spread
    return height - slope * middle, slope


def _known(values: Values) -> list[tuple[int, float]]:
    return [(at, value) for at, value in enumerate(values) if value is not None]


def _phases(values: Values, season: int) -> list[list[tuple[int, float]]]:
    """The known values of each place in the season; one that has none takes the first of the gaps bridged."""
    bridged = filled(values)
    found: list[list[tuple[int, float]]] = [[] for _ in range(season)]
    for at, value in _known(values):
        found[at % season].append((at, value))
    return [phase or [(place, bridged[place])] for place, phase in enumerate(found)]


def _memory(errors: Sequence[float], squares: float) -> float:
    """The sum of the autocorrelations up to _LAGS, in its standard errors; 0 where there are no errors."""
    if squares <= 0:
        return 0.0
    sums = (math.fsum(one * other for one, other in zip(errors, errors[lag:])) for lag in range(1, _LAGS + 1))
    return math.fsum(sums) / squares * math.sqrt(len(errors) / _LAGS)

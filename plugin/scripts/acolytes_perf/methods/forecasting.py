"""Demand with a level, a trend and a season, by exponential smoothing; and random futures of it.

Starting values, recursion and sum of squares are those of R's HoltWinters; the smoothing is found by a search that
halves its steps. A seasonal naive forecast is the same recursion with a season that takes the last value whole; a
straight line with a season that stays, added to it or a share of it, has weights of 0 (`lines`). Intervals come from
simulated futures, each with a deviation of its own as Student's t has it.

Sources: Winters, Management Science 6(3), 1960, doi 10.1287/mnsc.6.3.324; Hyndman and Athanasopoulos, Forecasting:
Principles and Practice (3rd edition), chapters 5 and 8.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Optional

from acolytes_perf.methods.student import quantile

if TYPE_CHECKING:
    import random

METHODS = ("additive", "multiplicative", "line", "multiplicative_line", "seasonal_naive")
LINES = ("line", "multiplicative_line")
#: Those that can forecast nothing but values above 0.
PRODUCTS = ("multiplicative", "multiplicative_line")
LEVEL = 0.95
#: The normal quantile of (1 + LEVEL) / 2.
_NORMAL = 1.959963984540054
NAIVE = (0.0, 0.0, 1.0)
_START = (0.3, 0.1, 0.1)
#: How near to the best weights the search comes, in a series up to _SHORT values and in a longer one.
_FINE, _COARSE, _SHORT = 1e-5, 2e-3, 500
Values = Sequence[Optional[float]]


class Smoothing(NamedTuple):
    """A fitted model: the last state (the season from the next value on), its one-step errors, and their deviation.

    With `product` the season multiplies and errors are shares of the forecast. `unsure` is the standard error of a
    straight line's trend, which turns about a middle `behind` steps before the last value; `memory` says by how many
    standard errors the values around it follow each other, which those of a line do not, and `unlikely` is the
    logarithm of its likelihood, times -2.
    """

    product: bool
    weights: tuple[float, float, float]
    level: float
    trend: float
    season: list[float]
    squares: float
    deviation: float
    freedom: int
    unsure: float = 0.0
    behind: float = 0.0
    memory: float = 0.0
    unlikely: float = math.inf


def fit(values: Values, season: int, method: str) -> Smoothing:
    """The model of a method; needs two whole seasons and 4 values more, above 0 where it multiplies.

    Its squares are infinite where level or season fall to 0 in a multiplicative one.
    """
    if method == "seasonal_naive":
        first = filled(values)[:season]
        return _smoothed(values[season:], NAIVE, (0.0, 0.0, first), product=False)
    if method in LINES:
        from acolytes_perf.methods import lines

        return lines.times(values, season) if method in PRODUCTS else lines.plus(values, season)
    product = method == "multiplicative"
    start, skipped = _start(filled(values), season, product=product)
    rest = values[skipped:]
    weights, step = (_START if season > 1 else (*_START[:2], 0.0)), 0.2
    best = _smoothed(rest, weights, start, product=product)
    while step > (_FINE if len(rest) <= _SHORT else _COARSE):
        found = best
        for one in _around(weights, step, season):
            tried = _smoothed(rest, one, start, product=product, most=found.squares)
            found = tried if tried.squares < found.squares else found
        if found.squares < best.squares:
            best, weights = found, found.weights
        else:
            step /= 2
    return best


def state(values: Values, season: int, method: str, weights: tuple[float, float, float]) -> Smoothing:
    """The model with weights that are known, after these values; needs as many as `fit`."""
    if method in ("seasonal_naive", *LINES):
        return fit(values, season, method)
    product = method == "multiplicative"
    start, skipped = _start(filled(values), season, product=product)
    return _smoothed(values[skipped:], weights, start, product=product)


def _around(weights: tuple[float, float, float], step: float, season: int) -> list[tuple[float, float, float]]:
    """The weights with one of them moved by a step, inside 0 to 1."""
    moved = []
    for index in range(3 if season > 1 else 2):
        for change in (step, -step):
            one = list(weights)
            one[index] = min(1.0, max(0.0, one[index] + change))
            moved.append((one[0], one[1], one[2]))
    return moved


def _start(values: list[float], season: int, *, product: bool) -> tuple[tuple[float, float, list[float]], int]:
    """Level, trend and season before the first value that is forecast, and how many values come before it."""
    if season == 1:
        return (values[1], values[1] - values[0], [1.0 if product else 0.0]), 2
    two = values[: 2 * season]
    half = season // 2
    ends = 0.5 if season % 2 == 0 else 1.0
    places = range(half, len(two) - half)
    means = [
        (math.fsum(two[at - half + 1 : at + half]) + ends * (two[at - half] + two[at + half])) / season for at in places
    ]
    middle = (len(means) + 1) / 2
    mean = math.fsum(means) / len(means)
    spread = math.fsum((index - middle) ** 2 for index in range(1, len(means) + 1))
    trend = math.fsum((index - middle) * (value - mean) for index, value in enumerate(means, 1)) / spread
    figures: list[list[float]] = [[] for _ in range(season)]
    for at, value in zip(places, means):
        figures[at % season].append(two[at] / value if product else two[at] - value)
    figure = [math.fsum(one) / len(one) for one in figures]
    centre = math.fsum(figure) / season
    figure = [one / centre if product else one - centre for one in figure]
    return (mean - trend * middle, trend, figure), season


def filled(values: Values) -> list[float]:
    """The values with gaps bridged by a straight line, for the start alone."""
    known = [(at, value) for at, value in enumerate(values) if value is not None]
    bridged = [value if value is not None else known[0][1] for value in values]
    for (left, low), (right, high) in zip(known, known[1:]):
        for at in range(left + 1, right):
            bridged[at] = low + (high - low) * (at - left) / (right - left)
    for at in range(known[-1][0] + 1, len(values)):
        bridged[at] = known[-1][1]
    return bridged


def _smoothed(
    values: Values,
    weights: tuple[float, float, float],
    start: tuple[float, float, list[float]],
    *,
    product: bool,
    most: float = math.inf,
) -> Smoothing:
    """The recursion over the values, given up where its squares exceed the most that are of interest."""
    alpha, beta, gamma = weights
    level, trend, figures = start
    season = list(figures)
    length, squares, judged, count = len(season), 0.0, 0.0, 0
    # a start from two seasons alone is rough: the errors of the next are the start's where others are left to judge by
    settled = length if alpha > 0 and weights != NAIVE and len(values) >= 3 * length and length > 1 else 0
    for at, value in enumerate(values):
        figure, base = season[at % length], level + trend
        forecast = base * figure if product else base + figure
        if value is None:
            level = base
            continue
        if squares > most or (product and (figure <= 0 or base <= 0)):
            return impossible(weights)
        error = value - forecast
        squares += error * error
        if at >= settled:
            judged += (error / forecast) ** 2 if product else error * error
            count += 1
        moved = alpha * (value / figure if product else value - figure) + (1 - alpha) * base
        trend, level = beta * (moved - level) + (1 - beta) * trend, moved
        if product and level <= 0:
            return impossible(weights)
        season[at % length] = gamma * (value / level if product else value - level) + (1 - gamma) * figure
    turn = len(values) % length
    # weights, season, level and trend are estimates, save in a naive forecast: they widen what lies ahead
    estimated = length + 4 if alpha or beta else 0
    freedom = max(2, count - estimated)
    deviation = math.sqrt(judged / freedom * (1 + estimated / count))
    return Smoothing(product, weights, level, trend, season[turn:] + season[:turn], squares, deviation, freedom)


def impossible(weights: tuple[float, float, float]) -> Smoothing:
    """No model: one that multiplies by what is not above 0, or is too far off."""
    return Smoothing(True, weights, 0.0, 0.0, [0.0], math.inf, math.inf, 2)  # noqa: FBT003 -- a field of the state


def forecast(model: Smoothing, steps: int) -> list[float]:
    """The expected value of each further step."""
    figures = [model.season[step % len(model.season)] for step in range(steps)]
    bases = [model.level + (step + 1) * model.trend for step in range(steps)]
    return [base * one if model.product else base + one for base, one in zip(bases, figures)]


def futures(model: Smoothing, steps: int, paths: int, seed: int) -> list[list[float]]:
    """Random continuations, with the errors of the past. A longer one begins as a shorter one of the same seed."""
    import random

    # a generator a path, so that what a path draws does not depend on the length of those before it
    seeds = (f"{seed} {path}" for path in range(paths))
    return [_future(model, steps, random.Random(one)) for one in seeds]  # noqa: S311 -- must be the same again


def reaches(model: Smoothing, steps: int) -> list[float]:
    """Half the width of the interval of LEVEL at each step, by the variance of the errors that add up to there.

    Where the season multiplies that variance is an approximation, of the forecast's share.
    """
    alpha, beta, gamma = model.weights
    wide = _NORMAL if model.weights == NAIVE else quantile((1 + LEVEL) / 2, model.freedom)
    length, variance, found = len(model.season), 1.0, []
    for step, expected in enumerate(forecast(model, steps), 1):
        turned = model.unsure * (model.behind + step) * (model.season[(step - 1) % length] if model.product else 1.0)
        deviation = model.deviation * math.sqrt(variance) * (abs(expected) if model.product else 1.0)
        found.append(wide * math.hypot(deviation, turned))
        share = alpha * (1 + step * beta) + (gamma * (1 - alpha) if step % length == 0 else 0.0)
        variance += share * share
    return found


def _future(model: Smoothing, steps: int, rng: random.Random) -> list[float]:
    alpha, beta, gamma = model.weights
    level, trend, season = model.level, model.trend, list(model.season)
    # the deviation is an estimate: as uncertain as its degrees of freedom make it
    deviation = model.deviation * math.sqrt(model.freedom / rng.gammavariate(model.freedom / 2, 2))
    length, path = len(season), []
    if model.unsure:
        turned = rng.gauss(0, model.unsure)
        level, trend = level + turned * model.behind, trend + turned
    for step in range(steps):
        figure, base = season[step % length], level + trend
        expected = base * figure if model.product else base + figure
        value = expected + rng.gauss(0, deviation) * (expected if model.product else 1.0)
        path.append(value)
        error = value - expected
        shared = (error / figure if figure > 0 else 0.0) if model.product else error
        level = base + alpha * shared
        trend += alpha * beta * shared
        left = value / level if model.product and level > 0 else figure if model.product else value - level
        season[step % length] = gamma * left + (1 - gamma) * figure
    return path


def intervals(model: Smoothing, paths: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """Between which the values of each step lie in LEVEL of the futures."""
    if model.weights == NAIVE:  # known exactly
        ahead = forecast(model, len(paths[0]))
        return [(value - reach, value + reach) for value, reach in zip(ahead, reaches(model, len(ahead)))]
    return [_interval(paths, step) for step in range(len(paths[0]))]


def _interval(paths: Sequence[Sequence[float]], step: int) -> tuple[float, float]:
    ranked = sorted(path[step] for path in paths)
    return _quantile(ranked, (1 - LEVEL) / 2), _quantile(ranked, (1 + LEVEL) / 2)


def _quantile(ranked: Sequence[float], share: float) -> float:
    place = share * (len(ranked) - 1)
    low = math.floor(place)
    return ranked[low] + (place - low) * (ranked[min(low + 1, len(ranked) - 1)] - ranked[low])


def exceeded_by(paths: Sequence[Sequence[float]], capacity: float) -> list[float]:
    """For each step the share of the futures that were above the capacity at it or before."""
    first = [next((step for step, value in enumerate(path) if value > capacity), None) for path in paths]
    counts = [0] * len(paths[0])
    for step in first:
        if step is not None:
            counts[step] += 1
    shares, total = [], 0
    for count in counts:
        total += count
        shares.append(total / len(paths))
    return shares


class Backtest(NamedTuple):
    """A forecast of values that were held back: scaled, relative and root mean square error, and share inside LEVEL."""

    mase: float | None
    mape: float | None
    rmse: float
    coverage: float


def backtest(values: Values, season: int, method: str, held: int, paths: int, seed: int) -> Backtest:
    """Fits all but the last `held` values, of which one at least must be known, and forecasts these."""
    train, test = values[:-held], values[-held:]
    model = fit(train, season, method)
    ahead, random_paths = forecast(model, held), futures(model, held, paths, seed)
    limits = intervals(model, random_paths)
    known = [(at, value, ahead[at]) for at, value in enumerate(test) if value is not None]
    errors = [value - expected for _, value, expected in known]
    pairs = [(one, other) for one, other in zip(train, train[season:]) if one is not None and other is not None]
    scale = math.fsum(abs(other - one) for one, other in pairs) / max(1, len(pairs))
    size = math.fsum(map(abs, errors)) / len(errors)
    inside = sum(low <= value <= high for at, value, _ in known for low, high in [limits[at]])
    zero = any(value == 0 for _, value, _ in known)
    relative = None if zero else math.fsum(abs(value - expected) / value for _, value, expected in known) / len(known)
    rmse = math.sqrt(math.fsum(error * error for error in errors) / len(errors))
    return Backtest(size / scale if scale else None, relative, rmse, inside / len(known))

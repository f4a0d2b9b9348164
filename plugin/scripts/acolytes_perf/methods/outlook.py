"""From a history to random futures: steps of the level taken out, method and season chosen by a rolling backtest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.disturbances import Shift, last_shifts, outliers, raised
from acolytes_perf.methods.forecasting import LINES, PRODUCTS, Smoothing, Values, fit, forecast, futures, intervals
from acolytes_perf.methods.rolling import Judged, first_origin, judged, naive_scale

NAIVE_METHOD = "seasonal_naive"
PATHS = 1000
#: A fit of more values costs time and follows what has long passed; whole seasons count.
_MOST_FITTED, _MOST_SEASONS = 2000, 8
_LEAST_AFTER_STEP = 30
#: Around a straight line that is chosen by itself values do not follow each other by more than this.
_MOST_MEMORY = 1.2


class Outlook(NamedTuple):
    """What was fitted (`values`, of the history those from `start` on), what was chosen, and the model's state.

    `rival` is the best naive forecast, or where such a one was chosen the best model.
    """

    values: Values
    start: int
    shifts: list[Shift]
    outliers: list[int]
    held: int
    chosen: Judged
    rival: Judged | None
    mase: float | None
    naive_mase: float | None
    model: Smoothing


def needed(season: int) -> int:
    """How many values a season takes before those that are held back."""
    return 2 * season + 4


def held_back(count: int, season: int) -> int:
    """How many values a backtest forecasts from each origin: two seasons, at most a quarter of the values."""
    return max(1, min(2 * season, count // 4))


def takes(values: Values, season: int, held: int | None = None) -> int:
    """How many more values the season takes; 0 where these are enough."""
    more = 0
    while True:
        count = len(values) + more
        before = max(0, count - (held or held_back(count, season)))
        known = sum(value is not None for value in values[:before]) + max(0, before - len(values))
        if known >= needed(season):
            return more
        more += needed(season) - known


def outlook(
    history: Values, seasons: Sequence[int], methods: Sequence[str], held: int | None, *, tidied: bool
) -> Outlook | None:
    """The best of the methods and seasons, each of which must have values enough; None where no method suits.

    With `tidied` long histories are cut, and steps of the level looked for.
    """
    longest = max(seasons)
    values, start, shifts = _tidied(history, longest, held) if tidied else (history, 0, [])
    ahead = held or held_back(len(values), longest)
    first = min(first_origin(len(values), longest, ahead), len(values) - ahead)
    while sum(value is not None for value in values[:first]) < needed(longest) and first < len(values) - ahead:
        first += 1
    found = [
        one
        for season in seasons
        for method in _suiting(values, season, methods)
        if (one := judged(values, season, method, ahead, first)) is not None
    ]
    models = ((one, fit(values, one.season, one.method)) for one in sorted(found, key=lambda one: one.size))
    fitted = next((pair for pair in models if math.isfinite(pair[1].deviation)), None)
    if fitted is None:
        return None
    chosen, model = fitted
    naive = next((one for one in found if (one.method, one.season) == (NAIVE_METHOD, chosen.season)), None)
    naive = naive or judged(values, chosen.season, NAIVE_METHOD, ahead, first)
    scale = naive_scale(values[:first], chosen.season)
    return Outlook(
        values,
        start,
        shifts,
        [start + place for place in outliers(values, chosen.season)],
        ahead,
        chosen,
        min((one for one in found if _rivals(one, chosen)), key=lambda one: one.size, default=None),
        chosen.size / scale if scale else None,
        naive.size / scale if naive and scale else None,
        model,
    )


def _rivals(one: Judged, chosen: Judged) -> bool:
    """Whether one of the two is a naive forecast and the other is none: the benchmark that is to be said."""
    return (one.method == NAIVE_METHOD) != (chosen.method == NAIVE_METHOD)


def _suiting(values: Values, season: int, methods: Sequence[str]) -> list[str]:
    """The methods that these values allow; of several, of the lines the likelier, if the values are those of a line.

    The lines have as many figures each, and the few origins of a backtest tell them apart less well than all values.
    """
    allowed = [method for method in methods if method not in PRODUCTS or _positive(values)]
    lines = {method: fit(values, season, method) for method in allowed if method in LINES and len(methods) > 1}
    likeliest = min(lines, key=lambda method: lines[method].unlikely, default=None)
    return [
        method
        for method in allowed
        if method not in lines or (method == likeliest and lines[method].memory < _MOST_MEMORY)
    ]


def _positive(values: Values) -> bool:
    return all(value is None or value > 0 for value in values)


def _tidied(history: Values, season: int, held: int | None) -> tuple[Values, int, list[Shift]]:
    """What is to be fitted, at which place of the history it starts, and the steps of the level that were found.

    After the last step where enough follows, else with what came before raised to the level after it.
    """
    start = max(0, len(history) - max(_MOST_FITTED, _MOST_SEASONS * season))
    start = 0 if takes(history[start:], season, held) else start
    values = history[start:]
    shifts = last_shifts(values, season)
    last = max((shift.place for shift in shifts), default=0)
    after = values[last:]
    if last and len(after) >= max(_LEAST_AFTER_STEP, 4 * season) and not takes(after, season, held):
        values = after
    else:
        for shift in shifts:
            values = raised(values, shift)
        last = 0
    return values, start + last, [shift._replace(place=start + shift.place) for shift in shifts]


class Ahead(NamedTuple):
    """What is expected at each further step, within which limits of LEVEL it lies, and random futures."""

    centre: list[float]
    limits: list[tuple[float, float]]
    paths: list[list[float]]


def ahead_of(found: Outlook, steps: int, seed: int, scale: float = 1.0) -> Ahead:
    """The steps ahead, as wide as the backtest has shown them to be, divided by the scale."""
    middles, stretch = forecast(found.model, steps), found.chosen.stretch
    plain = futures(found.model, steps, PATHS, seed)
    limits = zip(middles, intervals(found.model, plain))
    return Ahead(
        [middle / scale for middle in middles],
        [
            ((middle + stretch * (low - middle)) / scale, (middle + stretch * (high - middle)) / scale)
            for middle, (low, high) in limits
        ],
        [[(middle + stretch * (value - middle)) / scale for value, middle in zip(path, middles)] for path in plain],
    )

"""From a history to random futures: steps of the level taken out, method and season chosen by a rolling backtest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.disturbances import Shift, last_shifts, outliers, raised
from acolytes_perf.forecasting import Smoothing, Values, fit, forecast, futures
from acolytes_perf.rolling import Judged, first_origin, judged, naive_scale, stretched

NAIVE_METHOD = "seasonal_naive"
PATHS = 1000
#: A fit of more values costs time and follows what has long passed; whole seasons count.
_MOST_FITTED, _MOST_SEASONS = 2000, 8
_LEAST_AFTER_STEP = 30
_MORE = 4


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


def needed(season: int, held: int) -> int:
    """How many values a season takes with so many held back."""
    return 2 * season + _MORE + held


def held_back(count: int, season: int) -> int:
    """How many values a backtest forecasts from each origin: two seasons, at most a quarter of the values."""
    return max(1, min(2 * season, count // 4))


def takes(values: Values, season: int, held: int | None = None) -> int:
    """How many more values the season takes; 0 where these are enough."""
    ahead = held or held_back(len(values), season)
    known = sum(value is not None for value in values[: max(0, len(values) - ahead)])
    return max(0, 2 * season + _MORE - min(len(values) - ahead, known))


def outlook(
    history: Values, seasons: Sequence[int], methods: Sequence[str], held: int | None, *, tidied: bool
) -> Outlook | None:
    """The best of the methods and seasons, each of which must have values enough; None where no method suits.

    With `tidied` steps of the level are looked for, and long histories cut.
    """
    longest = max(seasons)
    values, start, shifts = _levelled(history, longest) if tidied else (history, 0, [])
    most = max(_MOST_FITTED, _MOST_SEASONS * longest)
    if tidied and len(values) > most:
        start, values = start + len(values) - most, values[-most:]
    ahead = held or held_back(len(values), longest)
    first = min(first_origin(len(values), longest, ahead), len(values) - ahead)
    while sum(value is not None for value in values[:first]) < 2 * longest + _MORE and first < len(values) - ahead:
        first += 1
    found = [
        one
        for season in seasons
        for method in methods
        if (method != "multiplicative" or _positive(values))
        and (one := judged(values, season, method, ahead, first)) is not None
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


def _positive(values: Values) -> bool:
    return all(value is None or value > 0 for value in values)


def _levelled(history: Values, season: int) -> tuple[Values, int, list[Shift]]:
    """The history after its last step of the level, or before it raised to the level after it where little follows."""
    shifts = last_shifts(history, season)
    if not shifts:
        return history, 0, []
    last = max(shift.place for shift in shifts)
    after = history[last:]
    enough = max(_LEAST_AFTER_STEP, needed(season, held_back(len(after), season)) + season)
    if len(after) >= enough and not takes(after, season):
        return after, last, shifts
    values: Values = history
    for shift in shifts:
        values = raised(values, shift)
    return values, 0, shifts


def paths_of(found: Outlook, steps: int, seed: int) -> tuple[list[float], list[list[float]]]:
    """What is expected at each further step, and random futures as wide as the backtest has shown them to be."""
    centre = forecast(found.model, steps)
    return centre, stretched(futures(found.model, steps, PATHS, seed), centre, found.chosen.stretch)

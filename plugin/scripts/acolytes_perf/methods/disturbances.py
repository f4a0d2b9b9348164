"""What is no growth, season or noise in a series: a lasting step of its level, and single values far off."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from acolytes_perf.methods.forecasting import Values

#: The standard deviation of normal values by the median of their absolute deviations.
_DEVIATION = 1.4826
#: So many deviations make a step, and an outlier; `bench/perf_coverage_forecast.py` measures how often by chance.
_STEP, _OUTLIER = 8.0, 7.0
_LEAST_WINDOW, _MOST_STEPS = 8, 3


class Shift(NamedTuple):
    """A step of the level: the place of the first value after it, and how much higher it is."""

    place: int
    size: float


def last_shifts(values: Values, season: int) -> list[Shift]:
    """Steps of the level, the largest first. Each is taken away before the next is looked for."""
    found: list[Shift] = []
    rest = list(values)
    while len(found) < _MOST_STEPS:
        shift = _shift(rest, season)
        if shift is None:
            break
        found.append(shift)
        rest = raised(rest, shift)
    return found


def raised(values: Values, shift: Shift) -> list[float | None]:
    """The values as they would have been with the level after the step all the time."""
    return [
        value + shift.size if value is not None and place < shift.place else value for place, value in enumerate(values)
    ]


def _shift(values: Values, season: int) -> Shift | None:
    """The largest step, None where it could be chance, a change of slope or a wandering level."""
    window = season * math.ceil(_LEAST_WINDOW / season)
    gains = {
        place: gain
        for place in range(window, len(values) - window + 1)
        if (gain := _gain(values, place, window)) is not None
    }
    if len(gains) < 2 * window:
        return None
    usual = median(gains.values())
    place = max(gains, key=lambda one: abs(gains[one] - usual))
    apart = [gain for one, gain in gains.items() if abs(one - place) >= window]
    if len(apart) < window:
        return None
    usual = median(apart)
    spread = _DEVIATION * median(abs(gain - usual) for gain in apart)
    size = gains[place] - usual
    noise = max(spread, _noise(values, season) * math.sqrt(2 / window))
    beside = [abs(gains[one] - usual) for one in (place - window, place + window) if one in gains]
    if abs(size) <= _STEP * noise or abs(size) <= 2 * max(beside, default=0.0):
        return None
    if abs(size) <= 1e-9 * max(abs(value) for value in values if value is not None):
        return None  # rounding, of a series without noise
    place = _edge(values, place, window, size)
    return Shift(place, size)


def _gain(values: Values, place: int, window: int) -> float | None:
    """The median change from the window before a place to the one after it, phase by phase."""
    pairs = zip(values[place - window : place], values[place : place + window])
    changes = [after - before for before, after in pairs if before is not None and after is not None]
    return median(changes) if 2 * len(changes) > window else None


def _edge(values: Values, near: int, window: int, size: float) -> int:
    """The place near by where the change from a window before becomes about the size of the step."""
    best, least = near, math.inf
    for place in range(max(window, near - window // 2), min(len(values) - window, near + window // 2) + 1):
        missed = 0.0
        for at in range(near - window // 2, near + window // 2):
            value, before = _at(values, at), _at(values, at - window)
            if value is not None and before is not None:
                missed += abs(value - before - (size if place <= at < place + window else 0.0))
        if missed < least:
            best, least = place, missed
    return best


def _at(values: Values, place: int) -> float | None:
    return values[place] if 0 <= place < len(values) else None


def _noise(values: Values, season: int) -> float:
    """The deviation of single values, by the second differences of seasons."""
    rough = [abs(one) for one in _second_differences(values, season) if one is not None]
    return _DEVIATION * median(rough) / math.sqrt(1.5) if rough else 0.0


def _second_differences(values: Values, season: int) -> list[float | None]:
    """Each value less the mean of the values a season before and after it."""
    found: list[float | None] = []
    for place, value in enumerate(values):
        before, after = _at(values, place - season), _at(values, place + season)
        known = value is not None and before is not None and after is not None
        found.append(value - (before + after) / 2 if known else None)  # type: ignore[operator]
    return found


def outliers(values: Values, season: int) -> list[int]:
    """Places of single values that are far from those a season before and after them, at most a fiftieth of all."""
    rest = list(values)
    found: list[int] = []
    for _ in range(max(1, len(values) // 50)):
        rough = _second_differences(rest, season)
        limit = _OUTLIER * _DEVIATION * _spread([one for one in rough if one is not None])
        far = [(abs(one), place) for place, one in enumerate(rough) if one is not None and abs(one) > limit > 0]
        if not far:
            break
        _, place = max(far)
        found.append(place)
        rest[place] = None
    return sorted(found)


def _spread(rough: Sequence[float]) -> float:
    if not rough:
        return 0.0
    middle = median(rough)
    return median(abs(one - middle) for one in rough)


def median(values: Iterable[float]) -> float:
    """The middle value; the standard library's costs more to import than this whole calculation."""
    ranked = sorted(values)
    return (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2

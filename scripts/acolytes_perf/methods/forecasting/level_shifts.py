"""Lasting shifts of a series' level: what is neither trend, season nor noise.

Medians and median absolute deviations are used throughout, so that the shift itself does not hide in the spread.

Source: Rousseeuw and Croux, Alternatives to the median absolute deviation, Journal of the American Statistical
Association 88(424), 1993, doi 10.1080/01621459.1993.10476408 (the factor 1.4826).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from acolytes_perf.methods.forecasting.outliers import SD_PER_MAD, median
from acolytes_perf.methods.forecasting.smoothing_model import Series

#: Standard deviations that make a shift; `bench/perf_coverage_forecast.py` measures the false alarms.
_SHIFT_SDS = 8.0
_MIN_WINDOW, _MAX_SHIFTS = 8, 3


class LevelShift(NamedTuple):
    """A lasting change of the level.

    Attributes:
        position: index of the first value after the change.
        size: how much higher the level is afterwards, in the unit of the series.
    """

    position: int
    size: float


def find_level_shifts(values: Series, season: int) -> list[LevelShift]:
    """Up to three shifts, the largest first. Each is removed before the next is searched for.

    Args:
        values: the series, None for a gap.
        season: steps in a season, 1 for none.
    """
    shifts: list[LevelShift] = []
    adjusted = list(values)
    while len(shifts) < _MAX_SHIFTS:
        shift = _largest_shift(adjusted, season)
        if shift is None:
            break
        shifts.append(shift)
        adjusted = remove_shift(adjusted, shift)
    return shifts


def remove_shift(values: Series, shift: LevelShift) -> list[float | None]:
    """The series with all values before the shift raised to the level after it.

    Args:
        values: the series, None for a gap.
        shift: as by `find_level_shifts`.

    >>> remove_shift([1, None, 5], LevelShift(2, 4))
    [5, None, 5]
    """
    return [
        value + shift.size if value is not None and index < shift.position else value
        for index, value in enumerate(values)
    ]


def _largest_shift(values: Series, season: int) -> LevelShift | None:
    """The largest shift; None where it may be chance, a change of slope or a level that drifts."""
    window = season * math.ceil(_MIN_WINDOW / season)
    changes = {
        index: change
        for index in range(window, len(values) - window + 1)
        if (change := _median_change(values, index, window)) is not None
    }
    if len(changes) < 2 * window:
        return None
    usual = median(changes.values())
    index = max(changes, key=lambda candidate: abs(changes[candidate] - usual))
    elsewhere = [change for other, change in changes.items() if abs(other - index) >= window]
    if len(elsewhere) < window:
        return None
    usual = median(elsewhere)
    spread = SD_PER_MAD * median(abs(change - usual) for change in elsewhere)
    size = changes[index] - usual
    noise = max(spread, _noise_sd(values, season) * math.sqrt(2 / window))
    beside = [abs(changes[other] - usual) for other in (index - window, index + window) if other in changes]
    if abs(size) <= _SHIFT_SDS * noise or abs(size) <= 2 * max(beside, default=0.0):
        return None
    if abs(size) <= 1e-9 * max(abs(value) for value in values if value is not None):
        return None  # rounding, in a series without noise
    return LevelShift(_refined_index(values, index, window, size), size)


def _median_change(values: Series, index: int, window: int) -> float | None:
    """The median change from the window before an index to the window after it, phase by phase."""
    pairs = zip(values[index - window : index], values[index : index + window])
    changes = [after - before for before, after in pairs if before is not None and after is not None]
    return median(changes) if 2 * len(changes) > window else None


def _refined_index(values: Series, near: int, window: int, size: float) -> int:
    """The index near by at which a shift of this size fits the values best."""
    best, least_misfit = near, math.inf
    for candidate in range(max(window, near - window // 2), min(len(values) - window, near + window // 2) + 1):
        misfit = 0.0
        for index in range(near - window // 2, near + window // 2):
            value, before = _value_at(values, index), _value_at(values, index - window)
            if value is not None and before is not None:
                misfit += abs(value - before - (size if candidate <= index < candidate + window else 0.0))
        if misfit < least_misfit:
            best, least_misfit = candidate, misfit
    return best


def _value_at(values: Series, index: int) -> float | None:
    return values[index] if 0 <= index < len(values) else None


def _noise_sd(values: Series, season: int) -> float:
    """Standard deviation of single values, from their seasonal second differences."""
    differences = [abs(difference) for difference in _second_differences(values, season) if difference is not None]
    return SD_PER_MAD * median(differences) / math.sqrt(1.5) if differences else 0.0


def _second_differences(values: Series, season: int) -> list[float | None]:
    """Each value less the mean of the values one season before and after it."""
    differences: list[float | None] = []
    for index, value in enumerate(values):
        before, after = _value_at(values, index - season), _value_at(values, index + season)
        if value is None or before is None or after is None:
            differences.append(None)
        else:
            differences.append(value - (before + after) / 2)
    return differences

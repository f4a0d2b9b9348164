"""The usual course of a day or a week in a series whose level may shift: found by medians, and taken away.

Source: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, sections 3.3 and 3.4 (moving
means of a season, and the deviations from them), with medians of the deviations.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from acolytes_perf.methods.forecasting.outliers import median
from acolytes_perf.methods.forecasting.smoothing_model import Series

#: The fewest seasons in a series from which a profile is taken.
LEAST_SEASONS = 3
#: A season counts when it leaves less than this share of the deviations.
_SHARE_LEFT = 0.7
#: A longer season counts when it leaves less than this share of what a shorter one leaves.
_SHARE_OF_SHORTER = 0.85


class WithoutSeason(NamedTuple):
    """A series without its season: steps in the season, 1 where none was taken away, and the values."""

    season: int
    values: list[float | None]


def without_season(values: Series, seasons: Sequence[int]) -> WithoutSeason:
    """Takes away the season that explains most, if any does.

    Args:
        values: the series, None for a gap.
        seasons: steps in each season to try.
    """
    best, least_left = WithoutSeason(1, list(values)), _SHARE_LEFT
    for season in sorted(set(seasons)):
        if season < 2 or len(values) < LEAST_SEASONS * season:
            continue
        profile, left = seasonal_profile(values, season)
        if left < least_left:
            adjusted = [
                None if value is None else value - profile[index % season] for index, value in enumerate(values)
            ]
            best, least_left = WithoutSeason(season, adjusted), left * _SHARE_OF_SHORTER
    return best


def seasonal_profile(values: Series, season: int) -> tuple[list[float], float]:
    """What each phase of a season usually adds to the level.

    Args:
        values: the series, None for a gap.
        season: steps in a season, at least 2.

    Returns:
        The profile, and the share of the mean absolute deviation from the level that it leaves. Each value is compared
        with the others of its phase, so that chance explains nothing.

    >>> profile, left = seasonal_profile([1, 3] * 10, 2)
    >>> profile[1] - profile[0], left
    (2.0, 0.0)
    """
    places = [index for index, value in enumerate(values) if value is not None]
    present = [value for value in values if value is not None]
    levels = _moving_mean(present, season)
    by_phase: list[list[float]] = [[] for _ in range(season)]
    for index, value, level in zip(places, present, levels):
        by_phase[index % season].append(value - level)
    profile = [median(phase) if phase else 0.0 for phase in by_phase]
    before = sum(abs(off) for phase in by_phase for off in phase)
    after = sum(abs(off) for phase in by_phase for off in _from_others(phase))
    return profile, after / before if before else 1.0


def _moving_mean(values: Sequence[float], season: int) -> list[float]:
    """The mean of a season around each value; with an even number of steps, both ends count half.

    >>> _moving_mean([1, 3, 1, 3, 1], 2)
    [2.0, 2.0, 2.0, 2.0, 2.0]
    """
    half, sums = season // 2, list(accumulate(values, initial=0.0))
    inner = []
    for middle in range(half, len(values) - half):
        total = sums[middle + half + 1] - sums[middle - half]
        if season % 2 == 0:
            total -= (values[middle - half] + values[middle + half]) / 2
        inner.append(total / season)
    return inner[:1] * half + inner + inner[-1:] * half


def _from_others(values: Sequence[float]) -> list[float]:
    """Each value less the median of the others; one without others is less 0."""
    ranked = sorted(values)
    without = [
        median([*ranked[:place], *ranked[place + 1 :]]) for place in range(len(ranked) if len(ranked) > 1 else 0)
    ]
    return [value - usual for value, usual in zip(ranked, without or [0.0])]

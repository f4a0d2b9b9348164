"""Single outliers and special days: what one holiday, sale or outage did to a series.

Each value is compared with those one season before and after it, and each stretch of a day with the same hours of
other weeks. Medians and median absolute deviations are used throughout, so that an outlier does not hide itself.

Source: Rousseeuw and Croux, Alternatives to the median absolute deviation, Journal of the American Statistical
Association 88(424), 1993, doi 10.1080/01621459.1993.10476408 (the factor 1.4826).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from acolytes_perf.methods.forecasting.smoothing_model import Series

#: Standard deviation of normal values over their median absolute deviation.
SD_PER_MAD = 1.4826
#: Standard deviations that make an outlier; `bench/perf_coverage_forecast.py` measures the false alarms.
_OUTLIER_SDS = 7.0
#: Values beside an outlier belong to it from so many standard deviations on.
_BESIDE_SDS = 3.5
#: At most this share of the values are outliers; beyond it the series has changed.
_MAX_SHARE = 0.05
#: How many seasons away the compared value may be, where nearer ones are missing.
_MAX_SEASONS_AWAY = 3
#: So many runs at even distances are a season of their own; their distances differ by at most this share.
_RECURRING_RUNS, _RECURRING_TOLERANCE = 3, 0.12


class OutlierRun(NamedTuple):
    """Consecutive values that differ from those of other seasons.

    Attributes:
        start: index of the first value.
        end: index of the last value.
        mean: of the values.
        usual: mean of what the other seasons let expect there.
    """

    start: int
    end: int
    mean: float
    usual: float


class _Deviation(NamedTuple):
    """A value's difference from the expected one, in standard deviations, and the expected value."""

    score: float
    expected: float


def find_outliers(values: Series, season: int, day: int = 1) -> list[OutlierRun]:
    """Finds the runs of outliers; a run up to the last value is none, since it may be a new level.

    Runs at even distances are none, either: they will come again.

    Args:
        values: the series, None for a gap.
        season: steps in a season, 1 for none.
        day: steps in a day, 1 where a step is a day or longer.

    >>> find_outliers([5, 6, 5, 6, 5, 90, 5, 6, 5, 6, 5, 6, 5], 1)
    [OutlierRun(start=5, end=5, mean=90.0, usual=5.0)]
    """
    is_relative = has_relative_noise(values, season)
    rest = [math.log(value) if is_relative and value is not None else value for value in values]
    limit = max(1, round(len(values) * _MAX_SHARE))
    expected: dict[int, float] = {}
    while len(expected) < limit:
        deviations = _deviations(rest, season)
        indices = _worst_day(deviations, day) or _worst_value(deviations)
        if not indices:
            break
        for index in indices:
            expected[index] = deviations[index].expected
            rest[index] = None
    last = max((index for index, value in enumerate(values) if value is not None), default=0)
    has_changed = len(expected) >= limit > 1
    runs = [
        _run(values, indices, expected, is_relative=is_relative)
        for indices in _consecutive(sorted(expected))
        if indices[-1] < last and not (has_changed and indices[-1] > last - 2 * max(season, day))
    ]
    return [] if _are_recurring(runs) else runs


def has_relative_noise(values: Series, season: int) -> bool:
    """Whether the noise grows with the level, so that ratios are compared instead of differences."""
    present = [value for value in values if value is not None]
    if not present or min(present) <= 0:
        return False
    middle = median(present)
    spreads = []
    for rest in (values, [None if value is None else math.log(value) for value in values]):
        differences: dict[bool, list[float]] = {True: [], False: []}
        for value, now, later in zip(values, rest, rest[season:]):
            if value is not None and now is not None and later is not None:
                differences[value > middle].append(abs(later - now))
        if not all(differences.values()):
            return False
        low, high = median(differences[False]), median(differences[True])
        spreads.append(abs(math.log(high / low)) if low > 0 and high > 0 else math.inf)
    return spreads[1] < spreads[0]


def _deviations(rest: Series, season: int) -> dict[int, _Deviation]:
    """The deviation of each value that has others to compare with."""
    changes = [later - now for now, later in zip(rest, rest[season:]) if now is not None and later is not None]
    trend = median(changes) if changes else 0.0
    two_sided: dict[int, tuple[float, float]] = {}
    one_sided: dict[int, tuple[float, float]] = {}
    from_past: list[float] = []
    for index, value in enumerate(rest):
        if value is None:
            continue
        before, after = _neighbours(rest, index, -season), _neighbours(rest, index, season)
        past = _continued(before, trend)
        if past is not None:
            from_past.append(value - past)
        if before and after:
            (left, low), (right, high) = before[0], after[0]
            expected = low + (high - low) * left / (left + right)
            two_sided[index] = (value - expected, expected)
        else:
            side = past if past is not None else _continued(after, -trend)
            if side is not None:
                one_sided[index] = (value - side, side)
    deviations: dict[int, _Deviation] = {}
    for group, sample in ((two_sided, [value for value, _ in two_sided.values()]), (one_sided, from_past)):
        spread = SD_PER_MAD * _mad(sample)
        if spread > 0:
            deviations.update(
                {index: _Deviation(value / spread, expected) for index, (value, expected) in group.items()}
            )
    return deviations


def _neighbours(rest: Series, index: int, season: int) -> list[tuple[int, float]]:
    """Up to two present values at whole seasons from an index on one side: how many seasons away, and the value."""
    near = []
    for seasons in range(1, _MAX_SEASONS_AWAY + 1):
        place = index + seasons * season
        value = rest[place] if 0 <= place < len(rest) else None
        if value is not None:
            near.append((seasons, value))
    return near[:2]


def _continued(near: Sequence[tuple[int, float]], trend: float) -> float | None:
    """What two values of one side let expect, with the usual change from season to season."""
    if len(near) < 2:
        return None
    return math.fsum(value + seasons * trend for seasons, value in near) / len(near)


def _worst_value(deviations: dict[int, _Deviation]) -> list[int]:
    worst = max(deviations, key=lambda index: abs(deviations[index].score), default=None)
    return [] if worst is None or abs(deviations[worst].score) <= _OUTLIER_SDS else [worst]


def _worst_day(deviations: dict[int, _Deviation], day: int) -> list[int]:
    """The stretch of a day that differs most as a whole, with values beside it that differ as well."""
    if day < 2 or not deviations:
        return []
    medians: dict[int, float] = {}
    scores = [deviations[index].score if index in deviations else None for index in range(max(deviations) + 1)]
    for start in range(len(scores) - day + 1):
        window = [score for score in scores[start : start + day] if score is not None]
        if 2 * len(window) > day:
            medians[start] = median(window)
    if not medians:
        return []
    usual = median(medians.values())
    limit = _OUTLIER_SDS * SD_PER_MAD * _mad(list(medians.values()))
    far = [start for start, value in medians.items() if abs(value - usual) > limit > 0]
    if not far:
        return []

    def total(start: int) -> float:
        return abs(math.fsum(score for score in scores[start : start + day] if score is not None))

    start = max(far, key=total)
    sign = 1 if medians[start] > 0 else -1
    end = start + day
    while start > 0 and sign * (scores[start - 1] or 0.0) > _BESIDE_SDS:
        start -= 1
    while end < len(scores) and sign * (scores[end] or 0.0) > _BESIDE_SDS:
        end += 1
    return [index for index in range(start, end) if index in deviations]


def _consecutive(indices: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for index in indices:
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _run(values: Series, indices: Sequence[int], expected: dict[int, float], *, is_relative: bool) -> OutlierRun:
    present = [value for index in indices if (value := values[index]) is not None]
    usual = [math.exp(expected[index]) if is_relative else expected[index] for index in indices]
    return OutlierRun(indices[0], indices[-1], math.fsum(present) / len(present), math.fsum(usual) / len(usual))


def _are_recurring(runs: Sequence[OutlierRun]) -> bool:
    """Whether the runs come at even distances, such as on the first of each month."""
    distances = [later.start - earlier.start for earlier, later in zip(runs, runs[1:])]
    if len(runs) < _RECURRING_RUNS:
        return False
    return max(distances) - min(distances) <= max(1.0, _RECURRING_TOLERANCE * median(distances))


def _mad(values: Sequence[float]) -> float:
    """Median absolute deviation, 0 of no values."""
    if not values:
        return 0.0
    middle = median(values)
    return median(abs(value - middle) for value in values)


def median(values: Iterable[float]) -> float:
    """The median of at least one value. Importing `statistics` would cost more than the whole calculation.

    >>> median([4, 1, 3, 2])
    2.5
    """
    ranked = sorted(values)
    return (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2

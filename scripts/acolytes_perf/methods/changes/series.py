"""The change points of a history: its season taken away, sizes as ratios where the noise is relative."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.methods.changes.noise import running_median
from acolytes_perf.methods.changes.points import SHORTEST, ChangePoint, Segmentation, find_change_points, threshold
from acolytes_perf.methods.changes.seasonal_profile import LEAST_SEASONS, without_season
from acolytes_perf.methods.forecasting.outliers import has_relative_noise
from acolytes_perf.methods.forecasting.smoothing_model import Series
from acolytes_perf.methods.statistics.student_t import t_quantile

_POWER_QUANTILE = 0.8416
#: From this ratio of the levels on it matters whether the noise grows with the level.
_WIDE_RANGE = 1.3


class Size(NamedTuple):
    """How much a level changed: the levels, and the difference or the ratio less 1 with its 95 % interval.

    `change` is None where the level before is not above 0.
    """

    before: float
    after: float
    low: float
    high: float
    change: float | None
    change_low: float | None = None
    change_high: float | None = None


class SeriesChanges(NamedTuple):
    """A series' change points and how they were found.

    Attributes:
        segments: of the present values, of their logarithms where `is_relative`.
        positions: places of the present values on the grid.
        is_relative: whether the noise grows with the level.
        season: steps in the season that was taken away, 1 for none.
        level: the level of each present value, in the series' unit.
        degrees_of_freedom: of the noise.
    """

    segments: Segmentation
    positions: list[int]
    is_relative: bool
    season: int
    level: list[float]
    degrees_of_freedom: float

    def size(self, change: ChangePoint) -> Size:
        """The size of a change with its interval."""
        reach = t_quantile(0.975, self.degrees_of_freedom)
        if self.is_relative:
            before = math.exp(change.before)
            low, middle, high = (math.expm1(change.size + sign * reach * change.error) for sign in (-1, 0, 1))
            return Size(before, before * (1 + middle), before * low, before * high, middle, low, high)
        before, after = change.before, change.before + change.size
        low, high = change.size - reach * change.error, change.size + reach * change.error
        if before <= 0:
            return Size(before, after, low, high, None)
        # the error of a ratio of two independent means
        ratio = after / before
        error = reach * math.hypot(change.errors[1], ratio * change.errors[0]) / before
        return Size(before, after, low, high, ratio - 1, ratio - 1 - error, ratio - 1 + error)

    def smallest_change(self) -> float | None:
        """The change in the middle of the series that would be found in 80 of 100 such series, as a share of the level.

        None where the level is not above 0.
        """
        count = len(self.positions)
        step = (threshold(count) + _POWER_QUANTILE) * self.segments.noise.mean_sd * math.sqrt(4 / count)
        if self.is_relative:
            return math.expm1(step)
        return step / self.level[-1] if self.level[-1] > 0 else None


def find_changes(values: Series, seasons: Sequence[int], least: int) -> SeriesChanges:
    """Finds the change points of a history.

    Args:
        values: None for a gap.
        seasons: steps of each season to try; it is taken away where it explains much.
        least: the fewest values between two changes.

    Raises:
        CannotAnswerError: too few values.
    """
    shortest = max(SHORTEST, 2 * least)
    positions = [index for index, value in enumerate(values) if value is not None]
    if len(positions) < shortest:
        missing = shortest - len(positions)
        message = (
            f"has {len(positions)} values, too few for a change; missing: {missing} more values, {shortest} in all"
        )
        raise CannotAnswerError("/history", message)
    is_relative = _varies_much(values) and has_relative_noise(values, 1)
    scaled = [math.log(value) if is_relative and value is not None else value for value in values]
    season, adjusted = without_season(scaled, seasons)
    present = [value for value in adjusted if value is not None]
    segments = find_change_points(present, least)
    level = [math.exp(value) for value in segments.levels] if is_relative else segments.levels
    noise = segments.noise
    independent = len(present) * (1 - noise.autocorrelation) / (1 + noise.autocorrelation)
    degrees_of_freedom = max(2.0, independent - len(segments.changes) - 1)
    return SeriesChanges(segments, positions, is_relative, season, level, degrees_of_freedom)


def _varies_much(values: Series) -> bool:
    """Whether the level itself varies so much that it matters whether the noise grows with it."""
    levels = running_median([value for value in values if value is not None], 4)
    return min(levels) > 0 and max(levels) > _WIDE_RANGE * min(levels)


def check_season(season: int, count: int) -> None:
    """Refuses a season that fits too few times into the series.

    Raises:
        InputError: fewer than three seasons.
    """
    if season > 1 and count < LEAST_SEASONS * season:
        message = f"of {season} steps fits less than {LEAST_SEASONS} times into {count} steps: use a longer history"
        raise InputError("/season", message)

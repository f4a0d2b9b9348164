"""A calendar of special days: left out of the fit, and their effect carried to later days of the same name.

The effect of a name is the geometric mean of its past days over the ordinary demand of the same hours. The next one
is uncertain by Student's t, as in `event_demand`.

Source: Hahn and Meeker, Statistical Intervals, 1991, section 4.7 (prediction interval for a further observation).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from acolytes_perf.methods.forecasting.smoothing_model import Series

if TYPE_CHECKING:
    from acolytes_perf.methods.forecasting.model_selection import Prediction

#: A factor above its exponential is no demand.
_MAX_LOG = 50.0
#: How many seasons away an ordinary value of the same phase may be.
_MAX_SEASONS_AWAY = 3


class SpecialDay(NamedTuple):
    """A day of the calendar on the time grid.

    Attributes:
        name: of the event; empty for a day that is only left out.
        steps: indices of its steps, which may be in the history or after it.
    """

    name: str
    steps: range


class Effect(NamedTuple):
    """What a kind of day does to the demand.

    Attributes:
        log_mean: mean logarithm of the factor.
        log_sd: standard deviation of a further factor's logarithm; 0 from one day alone.
        days: past days.
    """

    log_mean: float
    log_sd: float
    days: int

    @property
    def factor(self) -> float:
        """The geometric mean of the factors."""
        return math.exp(self.log_mean)


def without_days(values: Series, days: Sequence[SpecialDay]) -> list[float | None]:
    """The values with None on the special days.

    >>> without_days([1.0, 2.0, 3.0], [SpecialDay("sale", range(1, 2))])
    [1.0, None, 3.0]
    """
    special = {step for day in days for step in day.steps}
    return [None if step in special else value for step, value in enumerate(values)]


def effects(values: Series, season: int, days: Sequence[SpecialDay]) -> dict[str, Effect]:
    """The effect of each name with past days.

    Args:
        values: the history, None for a gap.
        season: steps in a season, 1 for none.
        days: of the calendar.
    """
    ordinary = without_days(values, days)
    logs: dict[str, list[float]] = {}
    for day in days:
        pairs = [
            (value, usual)
            for step in day.steps
            if step < len(values) and (value := values[step]) and (usual := _usual(ordinary, step, season))
        ]
        if day.name and pairs:
            factor = math.fsum(value for value, _ in pairs) / math.fsum(usual for _, usual in pairs)
            logs.setdefault(day.name, []).append(math.log(factor))
    return {name: _effect(factors) for name, factors in logs.items()}


def _usual(ordinary: Series, step: int, season: int) -> float | None:
    """The mean of the nearest ordinary values of the same phase before and after a step; None without any."""
    near = []
    for direction in (-season, season):
        places = (step + seasons * direction for seasons in range(1, _MAX_SEASONS_AWAY + 1))
        values = (ordinary[place] for place in places if 0 <= place < len(ordinary))
        value = next((value for value in values if value is not None), None)
        if value is not None:
            near.append(value)
    return math.fsum(near) / len(near) if near else None


def _effect(logs: Sequence[float]) -> Effect:
    count, mean = len(logs), math.fsum(logs) / len(logs)
    if count == 1:
        return Effect(mean, 0.0, 1)
    sd = math.sqrt(math.fsum((value - mean) ** 2 for value in logs) / (count - 1))
    return Effect(mean, sd * math.sqrt(1 + 1 / count), count)


def with_special_days(
    prediction: Prediction, first: int, days: Sequence[SpecialDay], by_name: Mapping[str, Effect], seed: int
) -> Prediction:
    """The prediction with the effects of the special days; each future draws its own factor for each day.

    Args:
        prediction: of the ordinary demand.
        first: index of its first step.
        days: of the calendar.
        by_name: the effect of each name.
        seed: of the factors.
    """
    import random

    from acolytes_perf.methods.forecasting.forecasts import central_interval

    expected, intervals = list(prediction.expected), list(prediction.intervals)
    paths = [list(path) for path in prediction.paths]
    for place, day in enumerate(days):
        effect = by_name.get(day.name)
        steps = [step - first for step in day.steps if 0 <= step - first < len(expected)]
        if effect is None or not steps:
            continue
        rng = random.Random(f"{seed} {place}")  # noqa: S311 -- reproducible, no secret
        for path in paths:
            deviation = rng.gauss(0, effect.log_sd)
            if effect.days > 1:
                freedom = effect.days - 1
                deviation *= math.sqrt(freedom / rng.gammavariate(freedom / 2, 2))
            factor = math.exp(effect.log_mean + min(deviation, _MAX_LOG))
            for step in steps:
                path[step] *= factor
        for step in steps:
            expected[step] *= effect.factor
            intervals[step] = central_interval(paths, step)
    return prediction._replace(expected=expected, intervals=intervals, paths=paths)

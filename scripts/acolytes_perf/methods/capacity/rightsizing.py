"""Requests and limits of a container from the history of its processor and memory use.

Ours: the processor request is a percentile of the busiest day, since a percentile of a whole week leaves out peak
hours (5 % of a week are 8.4 hours). Memory cannot be taken back, so its request and limit are one number: the
highest use with a buffer, and not below what start-up or the heap need.

krr's: the percentile of the whole history (the highest of the pods) without a limit, and the highest memory with a
buffer of 15 %, with krr's rounding and least values.

Sources: Kubernetes documentation, "Resource Management for Pods and Containers"; Robusta KRR, strategy `simple`
(robusta_krr/strategies/simple.py and core/runner.py); Prometheus, `quantile_over_time`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from acolytes_perf.time_units import SECONDS

_DAY = SECONDS["d"]
_MIB = 1024.0**2
#: krr's least proposals: 10 millicores and 100 MiB.
_KRR_LEAST_CORES, _KRR_LEAST_MEMORY = 0.010, 100 * _MIB
_KRR_PERCENTILE, _KRR_BUFFER = 0.95, 0.15
#: A use of this share of a limit counts as being at it.
AT_LIMIT = 0.95
#: Days of which a whole one needs this share of its points.
_WHOLE_DAY = 0.8

#: The points of one pod: times in seconds since 1970, and values.
Points = Sequence[tuple[float, float]]


def quantile(values: Iterable[float], share: float) -> float:
    """The percentile with linear interpolation between ranks, as Prometheus' `quantile_over_time` and numpy have it.

    Args:
        values: at least one.
        share: from 0 to 1.

    >>> quantile([1, 2, 3, 4], 0.5)
    2.5
    """
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (ranked[high] - ranked[low]) * (place - low)


def daily_quantiles(pods: Mapping[str, Points], share: float, step: float) -> dict[int, float]:
    """The percentile of each day (UTC), over all pods together; days with few points are left out.

    Args:
        pods: points of each pod; together at least one.
        share: from 0 to 1.
        step: seconds between points.
    """
    by_day: dict[int, list[float]] = {}
    steps: dict[int, set[int]] = {}
    for points in pods.values():
        for time, value in points:
            day = int(time // _DAY)
            by_day.setdefault(day, []).append(value)
            steps.setdefault(day, set()).add(int(time // step))
    whole = {day for day, seen in steps.items() if len(seen) >= _WHOLE_DAY * _DAY / step}
    return {day: quantile(values, share) for day, values in sorted(by_day.items()) if day in (whole or by_day)}


class Coverage(NamedTuple):
    """How much of the last week has points.

    Attributes:
        seconds: from the first to the last point, a step more.
        share: of the steps of the last week (or of the shorter history) that have a point of any pod.
    """

    seconds: float
    share: float


def coverage(pods: Mapping[str, Points], step: float) -> Coverage:
    """How much of the last week the points cover; arguments as for `daily_quantiles`."""
    places = {int(time // step) for points in pods.values() for time, _ in points}
    last = max(places)
    seconds = (last - min(places) + 1) * step
    window = round(min(seconds, 7 * _DAY) / step)
    return Coverage(seconds, sum(place > last - window for place in places) / max(1, window))


def highest(pods: Mapping[str, Points]) -> float:
    """The highest value of all pods."""
    return max(value for points in pods.values() for _, value in points)


def share_at_limit(pods: Mapping[str, Points], limit: float) -> float:
    """The share of the points that are at a limit or close to it.

    The kernel takes the processor away within tenths of a second, and a point is a mean over much longer. So a
    container is throttled at least as often.
    """
    values = [value for points in pods.values() for _, value in points]
    return sum(value >= AT_LIMIT * limit for value in values) / len(values)


def growth_a_day(pods: Mapping[str, Points]) -> float | None:
    """Bytes a day by which the highest value of each day grows; None where it does not grow steadily.

    It grows steadily when, of the days in between, at least three quarters are above the day before, and the straight
    line through the days explains nine tenths of their variance.
    """
    by_day: dict[int, float] = {}
    for points in pods.values():
        for time, value in points:
            day = int(time // _DAY)
            by_day[day] = max(by_day.get(day, 0.0), value)
    days, values = list(by_day), list(by_day.values())
    if len(days) < 5:
        return None
    pairs = sorted(zip(days, values))
    mean_day, mean = sum(days) / len(days), sum(values) / len(values)
    spread = sum((day - mean_day) ** 2 for day in days)
    variance = sum((value - mean) ** 2 for value in values)
    if not variance:
        return None
    slope = sum((day - mean_day) * (value - mean) for day, value in pairs) / spread
    rises = sum(later > earlier for (_, earlier), (_, later) in zip(pairs, pairs[1:]))
    explained = slope * slope * spread / variance
    return slope if slope > 0 and rises >= 0.75 * (len(days) - 1) and explained >= 0.9 else None


def rounded_cores(cores: float) -> float:
    """Up to a whole millicore, at least one.

    >>> rounded_cores(0.1234), rounded_cores(0.25)
    (0.124, 0.25)
    """
    return max(1, math.ceil(cores * 1000 * (1 - 1e-12))) / 1000


def rounded_memory(size: float) -> float:
    """Bytes up to a whole MiB, at least one."""
    return max(1, math.ceil(size / _MIB * (1 - 1e-12))) * _MIB


def krr_cores(pods: Mapping[str, Points]) -> float:
    """The processor request of krr: the highest 95th percentile of a pod, at least 10 millicores."""
    proposal = max(quantile((value for _, value in points), _KRR_PERCENTILE) for points in pods.values() if points)
    return max(_KRR_LEAST_CORES, math.ceil(proposal * 1000) / 1000)


def krr_memory(pods: Mapping[str, Points]) -> float:
    """The memory request and limit of krr in bytes: the highest use and 15 %, at least 100 MiB."""
    return max(_KRR_LEAST_MEMORY, math.ceil(highest(pods) * (1 + _KRR_BUFFER) / _MIB) * _MIB)

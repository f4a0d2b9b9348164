"""A latency's distribution, from measured requests or from a few percentiles.

Between two percentiles the logarithm of the latency runs in proportion to the normal quantile of its share: through
two percentiles that is the log-normal distribution. Beyond the outer ones the same lines go on.

Sources: Hyndman and Fan 1996, doi 10.2307/2684934 (percentiles of requests); Wichura, Algorithm AS 241, Applied
Statistics 37(3), 1988, doi 10.2307/2347330 is the usual normal quantile; here it is Newton's method on math.erfc.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from acolytes_perf.methods.latency.histogram import exceedances_by_slice
from acolytes_perf.methods.latency.percentiles import (
    LatencyDistribution,
    design_effect,
    percentile_rank_interval,
)
from acolytes_perf.result_files.record import NANOSECONDS

if TYPE_CHECKING:
    from acolytes_perf.methods.latency.histogram import TimeSlice


class LatencyCurve(Protocol):
    """A distribution of latencies in seconds."""

    def share_within(self, latency: float) -> float:
        """The share of the requests that take at most this long."""

    def percentile(self, share: float) -> float:
        """The latency that this share of the requests does not exceed; the share is above 0 and below 1."""


class MeasuredCurve:
    """The distribution of requests that were counted.

    Attributes:
        requests: their number.
    """

    def __init__(self, counts: Mapping[int, int], slices: Sequence[TimeSlice] = ()) -> None:
        """Takes the count of each latency in nanoseconds, and the slices of time that show how requests depend."""
        self._distribution = LatencyDistribution(counts)
        self._slices = slices
        self.requests = self._distribution.requests

    def effective(self, share: float) -> float:
        """How many independent requests they are worth for a percentile."""
        return self.requests / self._effect(share)

    def _effect(self, share: float) -> float:
        if not self._slices:
            return 1.0
        latency = self._distribution.percentile(share)
        return design_effect(*exceedances_by_slice(self._slices, latency)) or 1.0

    def interval(self, share: float) -> tuple[float, float] | None:
        """The 95 % interval of a percentile; None where too few requests lie beyond it."""
        ranks = percentile_rank_interval(self.requests, share, self._effect(share))
        if ranks is None:
            return None
        low, high = (self._distribution.at_rank(rank) / NANOSECONDS for rank in ranks)
        return low, high

    def share_within(self, latency: float) -> float:
        """As of a LatencyCurve."""
        place = bisect.bisect_right(self._distribution.values, latency * NANOSECONDS * (1 + 1e-12))
        return self._distribution.ranks[place - 1] / self._distribution.requests if place else 0.0

    def percentile(self, share: float) -> float:
        """As of a LatencyCurve: the nearest rank."""
        return self._distribution.percentile(share) / NANOSECONDS


class PercentileCurve:
    """The distribution through some percentiles.

    With another `tail` than 1 the line beyond the last percentile is so many times as steep; 0 ends there.

    Attributes:
        points: the shares with their latencies.
    """

    def __init__(self, points: Sequence[tuple[float, float]], tail: float = 1.0) -> None:
        """Takes shares, above 0 and below 1 and in rising order, with their latencies, above 0 and not falling."""
        self.points = points
        self._scores = [normal_quantile(share) for share, _ in points]
        self._logs = [math.log(latency) for _, latency in points]
        slopes = [
            (high - low) / (right - left)
            for low, high, left, right in zip(self._logs, self._logs[1:], self._scores, self._scores[1:])
        ]
        self._slopes = [slopes[0], *slopes, slopes[-1] * tail]

    def with_tail(self, tail: float) -> PercentileCurve:
        """The distribution through the same percentiles with another tail."""
        return PercentileCurve(self.points, tail)

    def percentile(self, share: float) -> float:
        """As of a LatencyCurve."""
        score = normal_quantile(share)
        place = bisect.bisect_left(self._scores, score)
        near = max(0, place - 1)
        return math.exp(self._logs[near] + self._slopes[place] * (score - self._scores[near]))

    def share_within(self, latency: float) -> float:
        """As of a LatencyCurve."""
        if latency <= 0:
            return 0.0
        log = math.log(latency)
        place = bisect.bisect_right(self._logs, log)
        near = max(0, place - 1)
        slope = self._slopes[place]
        if slope <= 0:
            return 1.0 if place else 0.0
        return normal_share(self._scores[near] + (log - self._logs[near]) / slope)


def normal_share(score: float) -> float:
    """The share of a normal distribution below a score.

    >>> normal_share(0.0)
    0.5
    """
    return math.erfc(-score / math.sqrt(2)) / 2


def normal_quantile(share: float) -> float:
    """The score below which this share of a normal distribution lies.

    Args:
        share: above 0 and below 1.

    >>> round(normal_quantile(0.975), 9)
    1.959963985
    """
    if share > 0.5:
        return -normal_quantile(1 - share)
    # a start that is right within 0.003 (Abramowitz and Stegun 26.2.22), then Halley's steps
    root = math.sqrt(-2 * math.log(share))
    score = -(root - (2.30753 + 0.27061 * root) / (1 + 0.99229 * root + 0.04481 * root * root))
    for _ in range(3):
        error = (normal_share(score) - share) * math.sqrt(2 * math.pi) * math.exp(score * score / 2)
        score -= error / (1 + score * error / 2)
    return score

"""Statistics of a run's latencies: exact percentiles with intervals, coordinated omission.

Sources: Hyndman and Fan, Sample quantiles in statistical packages, The American Statistician 50(4), 1996,
doi 10.2307/2684934 (nearest rank is type 1); Geyer, Practical Markov chain Monte Carlo, Statistical Science 7(4), 1992,
doi 10.1214/ss/1177011137 (initial positive sequence); Wilson, Journal of the American Statistical Association 22, 1927,
doi 10.1080/01621459.1927.10502953 (interval of a share); HdrHistogram's recordValueWithExpectedInterval (coordinated
omission).
"""

from __future__ import annotations

import bisect
import copy
import itertools
import math
import operator
from collections.abc import Mapping, Sequence

#: The normal quantile of 97.5 %.
Z95 = 1.959963984540054
#: The fewest time slices from which dependence is judged.
MIN_SLICES = 20
#: The fewest effective requests on each side of a percentile that has an interval.
MIN_TAIL_REQUESTS = 5
MAX_ADDED_VALUES = 3_000_000


#: Up to so many requests for each different latency they are sorted one by one, without counts.
_FEW_REPETITIONS = 1.25


class LatencyDistribution:
    """Sorted latencies with their cumulative counts.

    Attributes:
        values: the latencies in ascending order; a latency may occur more than once.
        ranks: the rank of the last request with each of these.
        requests: their number.
    """

    def __init__(self, counts: Mapping[int, int]) -> None:
        self.requests = sum(counts.values())
        self.values: list[int]
        self.ranks: Sequence[int]
        self._is_one_by_one = self.requests <= _FEW_REPETITIONS * len(counts)
        if self._is_one_by_one:
            # half of the time would go into looking up counts, most of which are 1
            self._set_requests(sorted(itertools.chain.from_iterable(map(itertools.repeat, counts, counts.values()))))
        else:
            self.values = sorted(counts)
            self.ranks = list(itertools.accumulate(map(counts.__getitem__, self.values)))

    def _set_requests(self, requests: list[int]) -> None:
        self.values, self.requests, self.ranks = requests, len(requests), range(1, len(requests) + 1)

    def without(self, counts: Mapping[int, int]) -> LatencyDistribution | None:
        """The same without some of these requests; None if none is left. It is not sorted again.

        >>> LatencyDistribution({10: 1, 20: 1, 30: 3}).without({10: 1, 30: 2}).percentile(0.5)
        20
        """
        other = copy.copy(self)
        if self._is_one_by_one:
            kept = [value for value in self.values if value not in counts]
            for value, count in counts.items():
                found = bisect.bisect_right(self.values, value) - bisect.bisect_left(self.values, value)
                kept += [value] * (found - count)
            kept.sort()
            other._set_requests(kept)
        else:  # no rank leads to a latency of which none is left
            left_out = itertools.accumulate(map(counts.get, self.values, itertools.repeat(0)))
            other.ranks = list(map(operator.sub, self.ranks, left_out))
            other.requests = other.ranks[-1]
        return other if other.requests else None

    @classmethod
    def merged(cls, parts: Sequence[LatencyDistribution]) -> LatencyDistribution:
        """All requests of several.

        >>> two = [LatencyDistribution({10: 1, 30: 2}), LatencyDistribution({20: 4})]
        >>> LatencyDistribution.merged(two).percentile(0.6)
        20
        """
        if all(part._is_one_by_one for part in parts):
            merged = copy.copy(parts[0])  # sorted parts are merged in linear time
            merged._set_requests(sorted(itertools.chain.from_iterable(part.values for part in parts)))
            return merged
        counts: dict[int, int] = {}
        for part in parts:
            for value, count in zip(part.values, map(operator.sub, part.ranks, [0, *part.ranks])):
                counts[value] = counts.get(value, 0) + count
        return cls(counts)

    def up_to(self, latency: int) -> int:
        """How many requests took at most this long."""
        place = bisect.bisect_right(self.values, latency)
        return self.ranks[place - 1] if place else 0

    @property
    def total(self) -> int:
        """The sum of the latencies."""
        return sum(map(operator.mul, self.values, map(operator.sub, self.ranks, [0, *self.ranks])))

    def at_rank(self, rank: int) -> int:
        """The rank-th smallest latency, counted from 1."""
        return self.values[bisect.bisect_left(self.ranks, rank)]

    def percentile(self, share: float) -> int:
        """The nearest-rank percentile: the smallest latency that at least this share of the requests does not exceed.

        >>> LatencyDistribution({10: 1, 20: 1, 30: 2}).percentile(0.5)
        20
        """
        return self.at_rank(max(1, min(self.requests, math.ceil(share * self.requests * (1 - 1e-12)))))


def correct_coordinated_omission(counts: Mapping[int, int], interval: int) -> dict[int, int] | None:
    """Adds the requests that a waiting user could not send.

    Below each latency stands every multiple of the interval less, down to the interval itself.

    Args:
        counts: how often each latency occurred.
        interval: planned time between a user's requests, in the unit of the latencies; above 0.

    Returns:
        The corrected counts; None where they would need more than MAX_ADDED_VALUES steps.

    >>> correct_coordinated_omission({35: 1}, 10)
    {35: 1, 25: 1, 15: 1}
    """
    if sum(value // interval for value in counts if value > interval) > MAX_ADDED_VALUES:
        return None
    corrected = dict(counts)
    for value, count in counts.items():
        for omitted in range(value - interval, interval - 1, -interval):
            corrected[omitted] = corrected.get(omitted, 0) + count
    return corrected


def design_effect(totals: Sequence[int], hits: Sequence[int]) -> float | None:
    """Variance of a share over that of independent requests: so many requests count as one.

    The variance comes from the slices' autocovariances up to Geyer's initial positive sequence.

    Args:
        totals: requests in each time slice, in order of time.
        hits: requests of each slice that belong to the share.

    Returns:
        At least 1; None for fewer than MIN_SLICES slices.
    """
    if len(totals) < MIN_SLICES:
        return None
    requests, share = sum(totals), sum(hits) / sum(totals)
    if share in (0, 1):
        return 1.0
    residuals = [hit - share * total for total, hit in zip(totals, hits)]

    def autocovariance(lag: int) -> float:
        return sum(residual * later for residual, later in zip(residuals, residuals[lag:]))

    variance = autocovariance(0)
    pairs = (autocovariance(lag) + autocovariance(lag + 1) for lag in range(1, len(residuals) - 1, 2))
    for pair in itertools.takewhile(lambda pair: pair > 0, pairs):
        variance += 2 * pair
    # estimating the share takes one degree of freedom
    return max(1.0, variance * len(residuals) / (len(residuals) - 1) / (requests * share * (1 - share)))


def percentile_rank_interval(requests: int, share: float, effect: float) -> tuple[int, int] | None:
    """Ranks of the order statistics that enclose a percentile with 95 % confidence.

    Args:
        requests: their number.
        share: of the percentile, above 0 and below 1.
        effect: as by `design_effect`.

    Returns:
        The lower and upper rank, counted from 1; None where too few requests lie beyond the percentile.
    """
    effective = requests / effect
    if effective * min(share, 1 - share) < MIN_TAIL_REQUESTS:
        return None
    half_width = Z95 * math.sqrt(share * (1 - share) / effective) * requests
    low, high = math.floor(share * requests - half_width), math.ceil(share * requests + half_width) + 1
    return (low, high) if low >= 1 and high <= requests else None


def required_requests(share: float, effect: float) -> int:
    """About how many requests `percentile_rank_interval` needs.

    Args:
        share: of the percentile, above 0 and below 1.
        effect: as by `design_effect`.
    """
    # with more than 5 in the tail the upper rank is the tighter condition: it must not pass the largest request
    tail = max(MIN_TAIL_REQUESTS, Z95**2 * max(share, 1 - share) * 1.5)
    return math.ceil(tail / min(share, 1 - share) * effect)


def wilson_interval(failed: int, requests: int, effect: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share.

    Args:
        failed: from 0 to `requests`.
        requests: at least 1.
        effect: as by `design_effect`.

    >>> [round(limit, 4) for limit in wilson_interval(5, 100, 1)]
    [0.0215, 0.1118]
    """
    effective, share, z_squared = requests / effect, failed / requests, Z95**2
    middle = share + z_squared / (2 * effective)
    half_width = Z95 * math.sqrt(share * (1 - share) / effective + z_squared / (4 * effective * effective))
    scale = 1 + z_squared / effective
    # rounding would move an end that is exactly 0 or 1
    low = max(0.0, (middle - half_width) / scale) if failed else 0.0
    return low, min(1.0, (middle + half_width) / scale) if failed < requests else 1.0

"""Statistics of a run's latencies: exact percentiles with intervals, warm-up, coordinated omission.

Sources: Hyndman and Fan, Sample quantiles in statistical packages, The American Statistician 50(4), 1996,
doi 10.2307/2684934 (nearest rank is type 1); Geyer, Practical Markov chain Monte Carlo, Statistical Science 7(4), 1992,
doi 10.1214/ss/1177011137 (initial positive sequence); Wilson, Journal of the American Statistical Association 22, 1927,
doi 10.1080/01621459.1927.10502953 (interval of a share); White, An effective truncation heuristic for bias reduction in
simulation output, Simulation 69(6), 1997, doi 10.1177/003754979706900601 (MSER); HdrHistogram's
recordValueWithExpectedInterval (coordinated omission).
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from acolytes_perf.result_files.record import SLICE_BITS, round_to_leading_bits

if TYPE_CHECKING:
    from acolytes_perf.methods.latency_histogram import EndpointStatistics, TimeSlice

#: The normal quantile of 97.5 %.
Z95 = 1.959963984540054
#: The fewest time slices from which dependence and warm-up are judged.
MIN_SLICES = 20
#: The fewest effective requests on each side of a percentile that has an interval.
MIN_TAIL_REQUESTS = 5
MAX_ADDED_VALUES = 3_000_000
#: A run drifts when the means of its eighths are so much in order (Kendall's S) and differ by more than this share. Of
#: random orders 0.04 % reach an S of 26, 1.4 % one of 20, and 6 % one of 16.
_EIGHTHS, _DRIFTS = 8, ((26, 0.1), (20, 0.5), (16, 1.0))


class LatencyDistribution:
    """Sorted latencies with their cumulative counts."""

    def __init__(self, counts: Mapping[int, int]) -> None:
        self.values = sorted(counts)
        self.ranks = list(itertools.accumulate(map(counts.__getitem__, self.values)))
        self.requests = self.ranks[-1]

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


def exceedances_by_slice(slices: Sequence[TimeSlice], latency: int) -> tuple[list[int], list[int]]:
    """Requests of each slice, and how many of them exceed a latency as far as the slices resolve it.

    Args:
        slices: in order of time.
        latency: in nanoseconds.
    """
    limit = round_to_leading_bits(latency, SLICE_BITS)
    above = [sum([count for value, count in part.counts.items() if value > limit]) for part in slices]
    return [part.requests for part in slices], above


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
    return max(0.0, (middle - half_width) / scale), min(1.0, (middle + half_width) / scale)


def warm_up_end(whole: EndpointStatistics) -> float | None:
    """When the warm-up ends, in seconds since 1970.

    That is where MSER is least within the first half of the slices, provided that the mean before it differs from the
    rest by more than 3 standard errors. None where there is no warm-up, or no steady state after it.
    """
    numbers, means = _slice_means(whole)
    cut = _warm_up_slices(means)
    return whole.slice_start(numbers[cut]) if cut and not _drifts(means, cut) else None


def lacks_steady_state(whole: EndpointStatistics) -> bool:
    """Whether the mean latency changes through the whole run, so that no warm-up can be told from the rest.

    That is so where MSER would cut at its bound, half of the run, or where what follows the cut rises or falls in
    nearly every eighth, by more than a tenth in all.
    """
    means = _slice_means(whole)[1]
    cut = _warm_up_slices(means)
    return cut is not None and _drifts(means, cut)


def _slice_means(whole: EndpointStatistics) -> tuple[list[int], list[float]]:
    """The numbers of the slices with requests, and the mean latency of each."""
    numbers = [number for number in sorted(whole.slices) if whole.slices[number].requests]
    return numbers, [whole.slices[number].mean for number in numbers]


def _warm_up_slices(means: Sequence[float]) -> int | None:
    """How many slices MSER would leave out at the start; None for too few slices."""
    if len(means) < MIN_SLICES:
        return None
    cut = min(range(len(means) // 2 + 1), key=lambda start: _variance(means[start:]) / (len(means) - start))
    if cut == 0:
        return 0
    rest = means[cut:]
    difference = abs(sum(means[:cut]) / cut - sum(rest) / len(rest))
    standard_error = math.sqrt(_variance(rest) * len(rest) / (len(rest) - 1) * (1 / cut + 1 / len(rest)))
    return cut if difference > 3 * standard_error else 0


def _drifts(means: Sequence[float], cut: int) -> bool:
    """Whether the slices from the cut on are not steady."""
    if cut >= len(means) // 2 - 1:
        return True
    rest = means[cut:]
    ends = [len(rest) * part // _EIGHTHS for part in range(_EIGHTHS + 1)]
    parts = [sum(rest[start:end]) / (end - start) for start, end in zip(ends, ends[1:])]
    score = sum((later > earlier) - (later < earlier) for earlier, later in itertools.combinations(parts, 2))
    change = abs(parts[-1] - parts[0])
    return any(abs(score) >= order and change > share * min(parts) for order, share in _DRIFTS)


def _variance(values: Sequence[float]) -> float:
    """Mean squared deviation from the mean."""
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / len(values)

"""What a run's latencies say: exact percentiles and how sure they are, warm-up, coordinated omission.

Sources: nearest rank is type 1 of Hyndman and Fan, The American Statistician 50(4), 1996, doi 10.2307/2684934;
intervals by order statistics with the variance of the share above the percentile, which batches of time and the
initial positive sequence of Geyer, Statistical Science 7(4), 1992, doi 10.1214/ss/1177011137, correct for dependence;
warm-up by MSER: White, Simulation 69(6), 1997, doi 10.1177/003754979706900601; coordinated omission: HdrHistogram's
recordValueWithExpectedInterval.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Mapping, Sequence

from acolytes_perf.methods.tally import SLICE_BITS, Slice, Tally
from acolytes_perf.result_files.record import leading

Z95 = 1.959963984540054
#: The fewest slices from which dependence and warm-up are judged.
LEAST_SLICES = 20
#: The fewest effective requests on each side of a percentile for an interval.
LEAST_BEYOND = 5
MOST_ADDED = 3_000_000


class Distribution:
    """Sorted latencies with their counts."""

    def __init__(self, counts: Mapping[int, int]) -> None:
        self.values = sorted(counts)
        self.ranks = list(itertools.accumulate(map(counts.__getitem__, self.values)))
        self.requests = self.ranks[-1]

    def at_rank(self, rank: int) -> int:
        """The rank-th smallest, from 1 on."""
        return self.values[bisect.bisect_left(self.ranks, rank)]

    def percentile(self, share: float) -> int:
        """Nearest rank: the smallest value that at least this share of the requests does not exceed."""
        return self.at_rank(max(1, min(self.requests, math.ceil(share * self.requests * (1 - 1e-12)))))


def corrected(counts: Mapping[int, int], interval: int) -> dict[int, int] | None:
    """The counts with what a waiting user could not send: below each value every multiple of the interval less, down
    to the interval itself. None when that is more than MOST_ADDED different ones.
    """
    if sum(value // interval for value in counts if value > interval) > MOST_ADDED:
        return None
    found = dict(counts)
    for value, count in counts.items():
        for absent in range(value - interval, interval - 1, -interval):
            found[absent] = found.get(absent, 0) + count
    return found


def dependence(totals: Sequence[int], hits: Sequence[int]) -> float | None:
    """How many requests count as one for a share of them (1: all independent), from how many there were and how many
    of them were such, in each of at least LEAST_SLICES neighbouring slices. None for fewer slices.
    """
    if len(totals) < LEAST_SLICES:
        return None
    count, share = sum(totals), sum(hits) / sum(totals)
    if share in (0, 1):
        return 1.0
    left = [hit - share * total for total, hit in zip(totals, hits)]

    def lagged(lag: int) -> float:
        return sum(one * other for one, other in zip(left, left[lag:]))

    variance = lagged(0)
    pairs = (lagged(lag) + lagged(lag + 1) for lag in range(1, len(left) - 1, 2))
    for pair in itertools.takewhile(lambda pair: pair > 0, pairs):
        variance += 2 * pair
    # the mean was taken out of the slices, which takes one degree of freedom
    return max(1.0, variance * len(left) / (len(left) - 1) / (count * share * (1 - share)))


def share_above(slices: Sequence[Slice], value: int) -> tuple[list[int], list[int]]:
    """Requests of each slice, and those of them above a value as far as slices tell."""
    limit = leading(value, SLICE_BITS)
    above = [sum(count for one, count in part.counts.items() if one > limit) for part in slices]
    return [part.requests for part in slices], above


def ranks_around(requests: int, share: float, factor: float) -> tuple[int, int] | None:
    """Ranks of the order statistics that hold a percentile in 95 of 100 cases; `factor` requests count as one. None
    when there are too few beyond it.
    """
    effective = requests / factor
    if effective * min(share, 1 - share) < LEAST_BEYOND:
        return None
    reach = Z95 * math.sqrt(share * (1 - share) / effective) * requests
    low, high = math.floor(share * requests - reach), math.ceil(share * requests + reach) + 1
    return (low, high) if low >= 1 and high <= requests else None


def requests_needed(share: float, factor: float) -> int:
    """About how many requests `ranks_around` needs."""
    # above 5 beyond, the upper rank is the tighter condition: reach below the distance to the largest
    beyond = max(LEAST_BEYOND, Z95**2 * max(share, 1 - share) * 1.5)
    return math.ceil(beyond / min(share, 1 - share) * factor)


def error_interval(failed: int, requests: int, factor: float) -> tuple[float, float]:
    """Wilson's interval of the share that failed, 95 %; `factor` requests count as one."""
    count, share, square = requests / factor, failed / requests, Z95**2
    middle = share + square / (2 * count)
    reach = Z95 * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    scale = 1 + square / count
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def warm_up(tally: Tally) -> float | None:
    """When the warm-up ends, in seconds since 1970: where MSER is least within the first half of the slices, and only
    if what is cut differs from the rest by more than 3 standard errors. None when there is none to cut.
    """
    numbers = [number for number in sorted(tally.slices) if tally.slices[number].requests]
    if len(numbers) < LEAST_SLICES:
        return None
    means = [tally.slices[number].mean for number in numbers]
    cut = min(range(len(means) // 2 + 1), key=lambda start: _spread(means[start:]) / (len(means) - start))
    if cut == 0:
        return None
    rest = means[cut:]
    apart = abs(sum(means[:cut]) / cut - sum(rest) / len(rest))
    error = math.sqrt(_spread(rest) * len(rest) / (len(rest) - 1) * (1 / cut + 1 / len(rest)))
    return tally.slice_start(numbers[cut]) if apart > 3 * error else None


def _spread(values: Sequence[float]) -> float:
    """Sum of squares around the mean, divided by their number."""
    middle = sum(values) / len(values)
    return sum((value - middle) ** 2 for value in values) / len(values)

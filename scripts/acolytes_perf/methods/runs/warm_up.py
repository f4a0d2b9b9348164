"""Where the warm-up of load-test runs ends, from one run or from several runs of the same test together.

Sources: White, An effective truncation heuristic for bias reduction in simulation output, Simulation 69(6), 1997,
doi 10.1177/003754979706900601 (MSER); Hoad, Robinson and Davies, Automating warm-up length estimation, Journal of the
Operational Research Society 61(9), 2010, doi 10.1057/jors.2009.87 (MSER on the average of replications; a cut in the
second half means that the run is too short); Welch, The statistical analysis of simulation results, in: The Computer
Performance Modeling Handbook, 1983, section 6.4 (averages over replications at the same time since their start);
Geyer, Practical Markov chain Monte Carlo, Statistical Science 7(4), 1992, doi 10.1214/ss/1177011137.

Latencies count by their rank within the run, as in Wilcoxon's test, so that a few slow requests do not decide.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from acolytes_perf.methods.latency.histogram import add_counts

if TYPE_CHECKING:
    from acolytes_perf.methods.latency.histogram import EndpointStatistics

#: The fewest slices of time from which a warm-up is judged.
MIN_SLICES = 20
#: The mean rank before the cut differs by so many standard errors from that of the rest.
_DIFFERS = 3.5
#: Slices before the cut that differ from the rest by no more than that are kept.
_SAME = 1.5
#: A run drifts when the means of its eighths are so much in order (Kendall's S) and differ by more than this share. Of
#: random orders 0.04 % reach an S of 26, 1.4 % one of 20, and 6 % one of 16.
_EIGHTHS, _DRIFTS = 8, ((26, 0.1), (20, 0.5), (16, 1.0))


class Course(NamedTuple):
    """A run over time, in slices of the same width.

    Attributes:
        width: of a slice in seconds.
        offset: from the start of the first slice to the first request, in seconds.
        requests: of each slice.
        ranks: sum of the ranks of its latencies, from 0 to 1.
        latencies: sum of its latencies over the mean latency of the run.
    """

    width: float
    offset: float
    requests: Sequence[int]
    ranks: Sequence[float]
    latencies: Sequence[float]


class WarmUp(NamedTuple):
    """What to leave out at the start.

    Attributes:
        seconds: since the first request; 0 for nothing.
        is_steady: false where the latency changes through the whole run, so that no warm-up ends.
    """

    seconds: float
    is_steady: bool


def course_of(whole: EndpointStatistics) -> Course | None:
    """The course of a run; None without times."""
    if whole.first is None or not whole.slices:
        return None
    width, first = whole.slice_seconds, min(whole.slices)
    slices = [whole.slices.get(number) for number in range(first, max(whole.slices) + 1)]
    counts: Counter[int] = Counter()
    for part in slices:
        if part:
            add_counts(counts, part.items())
    ranks = _ranks(counts)
    mean = sum(part.total for part in slices if part) / max(1, sum(part.requests for part in slices if part))
    return Course(
        width,
        whole.first - whole.slice_start(first),
        [part.requests if part else 0 for part in slices],
        [sum([ranks[value] * count for value, count in part.items()]) if part else 0.0 for part in slices],
        [part.total / (mean or 1) if part else 0.0 for part in slices],
    )


def _ranks(counts: Mapping[int, int]) -> dict[int, float]:
    """The mean rank of each value among all, from 0 to 1."""
    total, below, ranks = sum(counts.values()), 0, {}
    for value in sorted(counts):
        ranks[value] = (below + counts[value] / 2) / total
        below += counts[value]
    return ranks


def find_warm_up(courses: Sequence[Course]) -> WarmUp:
    """Where the warm-up of runs of the same test ends.

    The runs are added up by the time since their start. The warm-up ends where MSER is least within the first half,
    provided that the mean rank before it differs from the rest by more than 3.5 standard errors, which consider that
    slices depend on each other.

    Args:
        courses: of one run or more.
    """
    if not courses:
        return WarmUp(0.0, is_steady=True)
    whole = _added(courses)
    kept = [index for index, requests in enumerate(whole.requests) if requests]
    if len(kept) < MIN_SLICES:
        return WarmUp(0.0, is_steady=True)
    requests = [whole.requests[index] for index in kept]
    means = [whole.ranks[index] / whole.requests[index] for index in kept]
    cut = _mser(requests, means)
    if cut:
        cut = _without_noise(requests, means, cut)
    if _drifts([whole.latencies[index] / whole.requests[index] for index in kept], cut):
        return WarmUp(0.0, is_steady=False)
    return WarmUp(kept[cut] * whole.width - whole.offset if cut else 0.0, is_steady=True)


def _added(courses: Sequence[Course]) -> Course:
    """The sum of the runs on the widest grid, as far as all of them last."""
    if len(courses) == 1:
        return courses[0]
    width = max(course.width for course in courses)
    length = int(min(len(course.requests) * course.width for course in courses) / width)
    sums = [[0.0] * length for _ in range(3)]
    for course in courses:
        for total, values in zip(sums, course[2:]):
            for index, value in enumerate(values):
                # the middle of a slice that begins before the run may lie before it, too
                place = max(0, int(((index + 0.5) * course.width - course.offset) / width))
                if place < length:
                    total[place] += value
    return Course(width, 0.0, [round(value) for value in sums[0]], sums[1], sums[2])


def _mser(requests: Sequence[int], means: Sequence[float]) -> int:
    """How many slices MSER leaves out: the squared standard error of the mean of the rest is least."""
    best, cut = math.inf, 0
    count, total, squares = 0, 0.0, 0.0
    for start in range(len(means) - 1, -1, -1):
        count += requests[start]
        total += requests[start] * means[start]
        squares += requests[start] * means[start] ** 2
        criterion = max(0.0, squares - total * total / count) / count**2
        if start <= len(means) // 2 and criterion <= best * (1 + 1e-12):
            best, cut = criterion, start
    return cut


def _without_noise(requests: Sequence[int], means: Sequence[float], cut: int) -> int:
    """The cut, or an earlier one if what lies between them differs from the rest by no more than noise; 0 for none.

    MSER by itself cuts too late where the level swings for long.
    """
    rest, mean, variance = _steady_part(requests, means, cut)

    def excess(start: int) -> float:
        """By how many standard errors the slices from `start` to the cut differ from the rest."""
        count = sum(requests[start:cut])
        total = sum([requests[index] * means[index] for index in range(start, cut)])
        error = math.sqrt(variance * ((cut - start) / count**2 + (len(means) - cut) / rest**2))
        return abs(total / count - mean) / error if error else math.inf

    if excess(0) <= _DIFFERS:
        return 0
    return next((start for start in range(1, cut) if excess(start) <= _SAME), cut)


def _steady_part(requests: Sequence[int], means: Sequence[float], cut: int) -> tuple[int, float, float]:
    """Requests from the cut on, their mean, and the variance that each slice adds to their sum."""
    rest = sum(requests[cut:])
    mean = sum([count * value for count, value in zip(requests[cut:], means[cut:])]) / rest
    residuals = [count * (value - mean) for count, value in zip(requests[cut:], means[cut:])]
    return rest, mean, _long_run_variance(residuals)


def _long_run_variance(residuals: Sequence[float]) -> float:
    """The variance of their sum for each of them, with the autocovariances up to Geyer's initial positive sequence."""

    def autocovariance(lag: int) -> float:
        return sum(one * later for one, later in zip(residuals, residuals[lag:]))

    variance = autocovariance(0)
    pairs = (autocovariance(lag) + autocovariance(lag + 1) for lag in range(1, len(residuals) - 1, 2))
    for pair in itertools.takewhile(lambda pair: pair > 0, pairs):
        variance += 2 * pair
    return variance / (len(residuals) - 1)


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

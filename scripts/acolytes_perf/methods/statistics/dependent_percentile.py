"""The confidence interval of a percentile from requests that depend on each other, as those of one run do.

A slow request waits in a queue, and the next one waits behind it. So requests beyond the percentile come in bunches,
and an interval for independent requests is far too narrow. Here the requests count as `requests / inflation`
independent ones. The inflation is the integrated autocorrelation time of the indicator "this request is beyond the
percentile" (Geyer, "Practical Markov chain Monte Carlo", Statistical Science 7(4), 1992, section 3.3, initial monotone
sequence). `bench/perf_coverage_latency.py` measures the coverage.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.statistics.student_t import t_quantile

#: Requests beyond the percentile, over the inflation at the median, below which there is no interval. Of as many
#: independent requests, 5 % would have none beyond the percentile.
LEAST_BEYOND = 3.0
_MOST_LAGS = 200_000


class PercentileInterval(NamedTuple):
    """A percentile with its interval, in the unit of the values.

    `low` and `high` are None where the run is too short. So many requests as `inflation` says count as one. `needed` is
    about how many requests are enough.
    """

    value: float
    low: float | None
    high: float | None
    inflation: float
    needed: int


def percentile_interval(values: Sequence[float], share: float, level: float) -> PercentileInterval:
    """A percentile and its interval.

    The inflation at the median says whether the run is long enough: it is well known even where too few requests lie
    beyond the percentile.

    Args:
        values: latencies in order of time, at least one.
        share: of the percentile, above 0 and below 1.
        level: confidence level, above 0 and below 1.
    """
    count, ranked = len(values), sorted(values)
    value, median = (ranked[max(0, math.ceil(part * count - 1e-9) - 1)] for part in (share, 0.5))
    usual = indicator_inflation(values, median)
    inflation = max(usual, indicator_inflation(values, value))
    rarer = min(share, 1 - share)
    needed = math.ceil(LEAST_BEYOND * usual / rarer * (1 - 1e-12))
    if count < needed:
        return PercentileInterval(value, None, None, inflation, needed)
    low, high = _ranks(count, share, inflation, level)
    return PercentileInterval(value, ranked[low - 1], ranked[high - 1], inflation, needed)


def _ranks(count: int, share: float, inflation: float, level: float) -> tuple[int, int]:
    """The ranks of the order statistics at both ends, counted from 1.

    The number of values beyond the percentile varies as that of count / inflation independent ones. Student's t stands
    in the place of the normal law, since the inflation is estimated from that many values.
    """
    independent, rarer = count / inflation, min(share, 1 - share)
    freedom = max(3.0, 2 * independent * rarer)
    reach = t_quantile((1 + level) / 2, freedom) * math.sqrt(share * (1 - share) / independent)
    low, high = math.floor((share - reach) * count), math.ceil((share + reach) * count) + 1
    return max(low, 1), min(high, count)


def indicator_inflation(values: Sequence[float], limit: float) -> float:
    """How many values count as one: the variance of the share of values above a limit, over that of independent values.

    Args:
        values: in order of time.
        limit: in the unit of the values.

    Returns:
        A factor of at least 1, which is 1 for independent values.

    >>> indicator_inflation([1.0, 2.0] * 50, 1.5)
    1.0
    """
    count = len(values)
    bits = int("".join("1" if value > limit else "0" for value in values) or "0", 2)
    above = bin(bits).count("1")
    mean = above / count if count else 0.0
    variance = mean * (1 - mean)
    if not variance:
        return 1.0
    total, least, lag = -variance, math.inf, 0
    # the number of ones among the first and the last count - lag values, kept up to date lag by lag
    first = last = above
    while lag < min(count - 1, _MOST_LAGS):
        pair = 0.0
        for _ in range(2):
            both = bin(bits & (bits >> lag)).count("1")
            pair += (both - mean * (first + last) + (count - lag) * mean * mean) / count
            first -= values[count - 1 - lag] > limit
            last -= values[lag] > limit
            lag += 1
        if pair <= 0:
            break
        least = min(least, pair)
        total += 2 * least
    return max(1.0, total / variance)

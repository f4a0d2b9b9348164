"""Exact intervals of counts: of one Poisson count, and of the ratio of two rates.

Sources: Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28(3/4), 1936; Przyborowski and Wilenski,
"Homogeneity of results in testing samples from Poisson series", Biometrika 31(3/4), 1940 (given the sum, one of two
counts is binomial).
"""

from __future__ import annotations

import math
from collections.abc import Callable


def poisson_interval(count: int, level: float) -> tuple[float, float]:
    """The exact two-sided interval of the mean of a Poisson count.

    Args:
        count: at least 0.
        level: confidence level, above 0 and below 1.

    >>> [round(end, 2) for end in poisson_interval(25, 0.95)]
    [16.18, 36.9]
    """
    tail = (1 - level) / 2
    most = count + 40 + 10 * math.sqrt(count + 1)
    low = 0.0 if count == 0 else _root(lambda mean: 1 - poisson_cdf(count - 1, mean) - tail, 0.0, float(count))
    return low, _root(lambda mean: tail - poisson_cdf(count, mean), 0.0, most)


def poisson_cdf(count: int, mean: float) -> float:
    """The probability of at most `count` events.

    >>> round(poisson_cdf(2, 2.0), 6)
    0.676676
    """
    if mean <= 0:
        return 1.0
    # from the likeliest term downwards, so that nothing underflows
    top = min(count, int(mean))
    log = top * math.log(mean) - mean - math.lgamma(top + 1)
    term = total = 1.0
    for number in range(top, 0, -1):
        term *= number / mean
        total += term
        if term < 1e-18 * total:
            break
    term = 1.0
    for number in range(top + 1, count + 1):
        term *= mean / number
        total += term
        if term < 1e-18 * total:
            break
    return min(1.0, math.exp(log + math.log(total)))


def rate_ratio_interval(before: int, after: int, exposure: float, level: float) -> tuple[float, float | None]:
    """The exact interval of the rate after over the rate before.

    Args:
        before: count before, at least 0.
        after: count after, at least 0; one of both at least 1.
        exposure: time after over time before.
        level: confidence level.

    Returns:
        Both limits; the upper one is None where there is no event before.
    """
    total, tail = before + after, (1 - level) / 2
    low = 0.0 if after == 0 else _root(lambda share: 1 - _binomial_cdf(after - 1, total, share) - tail, 0.0, 1.0)
    high = 1.0 if before == 0 else _root(lambda share: tail - _binomial_cdf(after, total, share), 0.0, 1.0)
    return low / (1 - low) / exposure, None if high == 1.0 else high / (1 - high) / exposure


def _binomial_cdf(count: int, total: int, share: float) -> float:
    if share <= 0 or count >= total:
        return 1.0
    if share >= 1:
        return 0.0
    odds = math.log(share) - math.log(1 - share)
    start = total * math.log(1 - share)
    return min(
        1.0,
        math.fsum(
            math.exp(
                start
                + number * odds
                + math.lgamma(total + 1)
                - math.lgamma(number + 1)
                - math.lgamma(total - number + 1)
            )
            for number in range(count + 1)
        ),
    )


def _root(rises: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that rises crosses 0."""
    for _ in range(100):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if rises(middle) < 0:
            low = middle
        else:
            high = middle
    return high

"""How many samples a percentile needs: distribution-free upper bounds by order statistics.

Source: Wilks 1941, Annals of Mathematical Statistics 12(1), 91-96; doi 10.1214/aoms/1177731788.
"""

from __future__ import annotations

import math


def samples_for(percentile: float, confidence: float, order: int = 1) -> int:
    """Least n of independent samples, so that the order-th largest lies at or above the percentile with at least this
    confidence. `percentile` and `confidence` are shares inside (0, 1); order 1 is the maximum.

    >>> samples_for(0.95, 0.95), samples_for(0.95, 0.95, 2), samples_for(0.99, 0.95)
    (59, 93, 299)
    """
    low, high = order, 2 * order
    while not _suffices(high, percentile, confidence, order):
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        if _suffices(middle, percentile, confidence, order):
            high = middle
        else:
            low = middle + 1
    return low


def _suffices(count: int, percentile: float, confidence: float, order: int) -> bool:
    """Whether fewer than `order` of so many samples lie above the percentile in at most 1 - confidence of all cases."""
    above, below = math.log1p(-percentile), math.log(percentile)
    missed = sum(
        math.exp(_log_choose(count, few) + few * above + (count - few) * below) for few in range(min(order, count + 1))
    )
    return missed <= (1 - confidence) * (1 + 1e-9)


def _log_choose(count: int, part: int) -> float:
    # by logarithms of the few factors: differences of log-gamma lose what counts for millions of samples
    return math.fsum(math.log((count - index) / (index + 1)) for index in range(part))

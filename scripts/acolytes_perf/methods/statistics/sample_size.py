"""How many samples an upper confidence limit of a percentile needs, for any distribution.

Source: Wilks, Determination of sample sizes for setting tolerance limits, Annals of Mathematical Statistics 12(1),
1941, pages 91-96, doi 10.1214/aoms/1177731788.
"""

from __future__ import annotations

import math


def required_samples(percentile: float, confidence: float, order: int = 1) -> int:
    """The fewest samples of which the order-th largest bounds the percentile from above.

    Args:
        percentile: a share above 0 and below 1.
        confidence: probability that the bound holds, above 0 and below 1.
        order: 1 for the largest sample, 2 for the second largest.

    Returns:
        The number of independent samples.

    >>> required_samples(0.95, 0.95), required_samples(0.95, 0.95, 2), required_samples(0.99, 0.95)
    (59, 93, 299)
    """
    low, high = order, 2 * order
    while not _is_enough(high, percentile, confidence, order):
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        if _is_enough(middle, percentile, confidence, order):
            high = middle
        else:
            low = middle + 1
    return low


def _is_enough(samples: int, percentile: float, confidence: float, order: int) -> bool:
    """Whether fewer than `order` samples exceed the percentile with a probability of at most 1 - confidence."""
    log_above, log_below = math.log1p(-percentile), math.log(percentile)
    probability = sum(
        math.exp(_log_binomial(samples, above) + above * log_above + (samples - above) * log_below)
        for above in range(min(order, samples + 1))
    )
    return probability <= (1 - confidence) * (1 + 1e-9)


def _log_binomial(n: int, k: int) -> float:
    """Logarithm of the binomial coefficient, from its few factors: log-gamma differences lose digits for large n."""
    return math.fsum(math.log((n - index) / (index + 1)) for index in range(k))

"""Student's t distribution: its cumulative probability and quantiles, by the regularised incomplete beta function.

Source: Lentz's continued fraction of the incomplete beta function, NIST Digital Library of Mathematical Functions
8.17.22 (dlmf.nist.gov/8.17).
"""

from __future__ import annotations

import math


def cumulative(value: float, freedom: float) -> float:
    """P(T <= value) for more than 0 degrees of freedom, which need not be whole.

    >>> round(cumulative(2.0, 10), 6)
    0.963306
    """
    tail = _beta(freedom / (freedom + value * value), freedom / 2, 0.5) / 2
    return 1 - tail if value > 0 else tail


def quantile(probability: float, freedom: float) -> float:
    """The value that T exceeds with 1 - probability, which is inside (0, 1).

    >>> round(quantile(0.975, 8), 4), round(quantile(0.8, 2.5), 4)
    (2.306, 1.0151)
    """
    if probability < 0.5:
        return -quantile(1 - probability, freedom)
    low, high = 0.0, 1.0
    while cumulative(high, freedom) < probability:
        low, high = high, 2 * high
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    value = (low + high) / 2
    for _ in range(100):
        missing = probability - cumulative(value, freedom)
        low, high = (value, high) if missing > 0 else (low, value)
        step = missing / (scale * (1 + value * value / freedom) ** (-(freedom + 1) / 2))
        if abs(step) < 1e-13 * value:
            break
        # Newton's step, or half the interval where that would leave it
        value = value + step if low < value + step < high else (low + high) / 2
    return value


def _beta(share: float, one: float, other: float) -> float:
    """The regularised incomplete beta function I_share(one, other)."""
    if share <= 0 or share >= 1:
        return float(share >= 1)
    if share > (one + 1) / (one + other + 2):  # where the fraction converges slowly
        return 1 - _beta(1 - share, other, one)
    log_front = one * math.log(share) + other * math.log1p(-share)
    log_front += math.lgamma(one + other) - math.lgamma(one) - math.lgamma(other)
    tiny, numerator, result = 1e-300, 1.0, 1.0
    denominator = 1 / (1 - (one + other) * share / (one + 1) or tiny)
    result = denominator
    for index in range(1, 500):
        even = index * (other - index) * share / ((one + 2 * index - 1) * (one + 2 * index))
        odd = -(one + index) * (one + other + index) * share / ((one + 2 * index) * (one + 2 * index + 1))
        for term in (even, odd):
            denominator = 1 / (1 + term * denominator or tiny)
            numerator = 1 + term / numerator or tiny
            result *= denominator * numerator
        if abs(denominator * numerator - 1) < 1e-15:
            break
    return math.exp(log_front) * result / one

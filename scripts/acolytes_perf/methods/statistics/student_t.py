"""Student's t distribution: cumulative probability and quantiles; the upper tail of the F distribution.

Source: NIST Digital Library of Mathematical Functions, equation 8.17.22 (dlmf.nist.gov/8.17), the continued fraction
of the incomplete beta function, evaluated by Lentz's method.
"""

from __future__ import annotations

import functools
import math


def t_cdf(value: float, degrees_of_freedom: float) -> float:
    """Cumulative distribution function, P(T <= value).

    Args:
        value: any real number.
        degrees_of_freedom: above 0; need not be whole.

    Returns:
        A probability from 0 to 1.

    >>> round(t_cdf(2.0, 10), 6)
    0.963306
    """
    tail = _incomplete_beta(degrees_of_freedom / (degrees_of_freedom + value * value), degrees_of_freedom / 2, 0.5) / 2
    return 1 - tail if value > 0 else tail


@functools.lru_cache(maxsize=1024)
def t_quantile(probability: float, degrees_of_freedom: float) -> float:
    """Inverse of `t_cdf`, by Newton's method inside a bracket.

    Args:
        probability: above 0 and below 1.
        degrees_of_freedom: above 0; need not be whole.

    Returns:
        The value that T stays below with this probability.

    >>> round(t_quantile(0.975, 8), 4), round(t_quantile(0.8, 2.5), 4)
    (2.306, 1.0102)
    """
    if probability == 0.5:
        return 0.0
    if probability < 0.5:
        return -t_quantile(1 - probability, degrees_of_freedom)
    low, high = 0.0, 1.0
    while t_cdf(high, degrees_of_freedom) < probability:
        low, high = high, 2 * high
    log_gamma_ratio = math.lgamma((degrees_of_freedom + 1) / 2) - math.lgamma(degrees_of_freedom / 2)
    density_at_0 = math.exp(log_gamma_ratio) / math.sqrt(degrees_of_freedom * math.pi)
    value = (low + high) / 2
    for _ in range(100):
        missing = probability - t_cdf(value, degrees_of_freedom)
        low, high = (value, high) if missing > 0 else (low, value)
        density = density_at_0 * (1 + value * value / degrees_of_freedom) ** (-(degrees_of_freedom + 1) / 2)
        step = missing / density
        if abs(step) < 1e-13 * value:
            break
        # Newton's step, or half the bracket where the step would leave it
        value = value + step if low < value + step < high else (low + high) / 2
    return value


def f_upper_tail(ratio: float, numerator: float, denominator: float) -> float:
    """The probability that a ratio of two variances is larger, P(F > ratio).

    Args:
        ratio: at least 0.
        numerator: degrees of freedom of the first variance, above 0.
        denominator: degrees of freedom of the second, above 0.

    >>> round(f_upper_tail(4.0, 8, 8), 4)
    0.0333
    """
    return _incomplete_beta(denominator / (denominator + numerator * ratio), denominator / 2, numerator / 2)


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # the continued fraction converges slowly here
        return 1 - _incomplete_beta(1 - x, b, a)
    log_front = a * math.log(x) + b * math.log1p(-x)
    log_front += math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    tiny, numerator = 1e-300, 1.0
    denominator = 1 / (1 - (a + b) * x / (a + 1) or tiny)
    result = denominator
    for index in range(1, 500):
        even = index * (b - index) * x / ((a + 2 * index - 1) * (a + 2 * index))
        odd = -(a + index) * (a + b + index) * x / ((a + 2 * index) * (a + 2 * index + 1))
        for term in (even, odd):
            denominator = 1 / (1 + term * denominator or tiny)
            numerator = 1 + term / numerator or tiny
            result *= denominator * numerator
        if abs(denominator * numerator - 1) < 1e-15:
            break
    return math.exp(log_front) * result / a

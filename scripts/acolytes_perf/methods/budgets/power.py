"""From which value on a limit of a budget fails in 80 of 100 checks: the power of the gate, for the runs at hand.

A limit fails when the runs are beyond it by more than noise. So a release must be worse than the limit by a distance
that depends on the runs: on how much they vary, and for failures on how many requests they have.

Source: Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd edition, 1988, sections 2.2 and 6.2.
"""

from __future__ import annotations

import math

from acolytes_perf.methods.comparison.failure_rates import Dispersion, RunCounts
from acolytes_perf.methods.statistics.student_t import t_quantile

#: The quantile of the normal distribution for a power of 80 %.
POWER_QUANTILE = 0.8416212
_NORMAL = 1e6


def change_that_fails(allowed: float, standard_error: float, freedom: float, rounding: float, level: float) -> float:
    """The change of a logarithm that fails in 80 of 100 checks against a baseline.

    It must be more than noise, and as large as the limit.

    Args:
        allowed: logarithm of the change that the limit allows, at least 0.
        standard_error: of the change, above 0.
        freedom: degrees of freedom of the standard error.
        rounding: how far rounded figures may move the change.
        level: risk of a false alarm of this limit, one-sided.
    """
    needed = max(allowed, t_quantile(1 - level, freedom) * standard_error + rounding)
    return needed + t_quantile(0.8, freedom) * standard_error


def excess_that_fails(standard_error: float, freedom: float, level: float) -> float:
    """How far the logarithm of a value must be beyond a limit to fail in 80 of 100 checks; arguments as above."""
    return (t_quantile(1 - level, freedom) + t_quantile(0.8, freedom)) * standard_error


def share_that_fails(limit: float, requests: int, dispersion: Dispersion, level: float) -> float:
    """The share of failures that fails in 80 of 100 checks, by the normal approximation; at most 1.

    Args:
        limit: share, from 0 to 1. A limit of 0 fails by one failure.
        requests: of all runs, at least 1.
        dispersion: of the counts.
        level: risk of a false alarm of this limit, one-sided.

    >>> round(share_that_fails(0.01, 1000, Dispersion(1, None), 0.05), 4)
    0.0188
    """
    if limit == 0:
        return float(1 - 0.2 ** (1 / requests))
    threshold = limit + _quantile(level, dispersion) * math.sqrt(dispersion.factor * limit * (1 - limit) / requests)
    share = min(1.0, threshold)
    # the share's own error decides how far it must be above the threshold
    for _ in range(60):
        share = min(1.0, threshold + POWER_QUANTILE * math.sqrt(dispersion.factor * share * (1 - share) / requests))
    return share


def rise_that_fails(
    allowed: float, before: RunCounts, after_requests: int, dispersion: Dispersion, level: float
) -> float:
    """The share of failures that fails in 80 of 100 checks against a baseline, by the normal approximation; at most 1.

    Args:
        allowed: the rise that the limit allows, as a difference of shares.
        before: counts of the baseline; without any failure, half of one is assumed.
        after_requests: requests of the candidate's runs, at least 1.
        dispersion: of the counts.
        level: risk of a false alarm of this limit, one-sided.
    """
    share = (before.failures + 0.5) / (before.requests + 1)
    quantile = _quantile(level, dispersion)
    rise = 0.0
    # the noise depends on the mean of both shares
    for _ in range(60):
        mean = min(0.5, share + rise / 2)
        parts = 1 / before.requests + 1 / after_requests
        noise = quantile * math.sqrt(dispersion.factor * mean * (1 - mean) * parts)
        other = min(1.0, share + rise)
        variance = share * (1 - share) / before.requests + other * (1 - other) / after_requests
        rise = max(allowed, noise) + POWER_QUANTILE * math.sqrt(dispersion.factor * variance)
    return min(1.0, share + rise)


def _quantile(level: float, dispersion: Dispersion) -> float:
    return t_quantile(1 - level, dispersion.degrees_of_freedom or _NORMAL)

"""Whether the share of failed requests changed between two sets of runs, by counts.

Failures come in bursts, so that the counts of runs vary more than independent requests would let them (overdispersion).
The dispersion is Pearson's chi-square statistic over its degrees of freedom. A change must show in two tests: Fisher's
exact test of the counts, and, where the dispersion is above 1, a quasi-likelihood test that takes it into account.

Sources: Fisher, Statistical Methods for Research Workers, section 21.02; McCullagh and Nelder, Generalized Linear
Models, 2nd edition, section 4.5; Newcombe, Statistics in Medicine 17, 1998 (method 10).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.comparison.shared_variation import Variance
from acolytes_perf.methods.latency.percentiles import wilson_interval
from acolytes_perf.methods.statistics.student_t import t_cdf, t_quantile

#: The quantile of the normal distribution for a power of 80 %.
_Z_POWER = 0.8416212
#: Above this number of failures the likelihood-ratio test replaces the exact one.
_MOST_EXACT = 5000


class RunCounts(NamedTuple):
    """The requests of one run, and how many of them failed."""

    failures: int
    requests: int


class Dispersion(NamedTuple):
    """How much more the counts vary than those of independent requests.

    Attributes:
        factor: the variance over that of independent requests, at least 1.
        degrees_of_freedom: of its estimate; None for a factor of 1.
    """

    factor: float
    degrees_of_freedom: float | None


INDEPENDENT = Dispersion(1.0, None)


class FailureChange(NamedTuple):
    """The candidate's share of failures against the baseline's.

    Attributes:
        baseline: share from 0 to 1, of all its runs.
        candidate: share from 0 to 1.
        low: lower 95 % limit of the difference.
        high: upper 95 % limit of the difference.
        p_value: two-sided.
        detectable: the smallest rise that the runs would show with a probability of 80 %, at the given level.
    """

    baseline: float
    candidate: float
    low: float
    high: float
    p_value: float
    detectable: float

    @property
    def difference(self) -> float:
        """Candidate minus baseline."""
        return self.candidate - self.baseline


def pearson_statistic(runs: Sequence[RunCounts]) -> tuple[float, int]:
    """Pearson's chi-square statistic of one side's runs, and its degrees of freedom.

    >>> pearson_statistic([RunCounts(5, 100), RunCounts(15, 100)])[1]
    1
    """
    requests = sum(run.requests for run in runs)
    share = sum(run.failures for run in runs) / requests if requests else 0.0
    if not 0 < share < 1:
        return 0.0, 0
    used = [run for run in runs if run.requests]
    squares = sum((run.failures - run.requests * share) ** 2 / (run.requests * share * (1 - share)) for run in used)
    return squares, len(used) - 1


def count_variance(sides: Sequence[Sequence[RunCounts]]) -> Variance:
    """The dispersion of the sides of one endpoint, with its degrees of freedom."""
    statistics = [pearson_statistic(side) for side in sides]
    freedom = sum(freedom for _, freedom in statistics)
    return Variance(sum(squares for squares, _ in statistics) / freedom if freedom else 0.0, freedom)


def dispersion_from(variance: Variance) -> Dispersion:
    """The dispersion that tests use: at least that of independent requests."""
    return Dispersion(variance.value, variance.degrees_of_freedom) if variance.value > 1 else INDEPENDENT


def compare_failures(
    baseline: Sequence[RunCounts], candidate: Sequence[RunCounts], dispersion: Dispersion, level: float = 0.05
) -> FailureChange:
    """Compare the counts of two sides.

    Args:
        baseline: at least one run with requests.
        candidate: at least one run with requests.
        dispersion: of the counts of the runs.
        level: the significance level for `detectable`.
    """
    before, after = total_counts(baseline), total_counts(candidate)
    p_value = two_sample_p_value(before, after, dispersion)
    rates = before.failures / before.requests, after.failures / after.requests
    low, high = _newcombe(before, after, dispersion.factor)
    return FailureChange(*rates, low, high, p_value, _detectable(before, after.requests, dispersion.factor, level))


def two_sample_p_value(before: RunCounts, after: RunCounts, dispersion: Dispersion) -> float:
    """Two-sided p-value for equal shares of failures.

    >>> round(two_sample_p_value(RunCounts(0, 10), RunCounts(5, 10), INDEPENDENT), 4)
    0.0325
    """
    failures, requests = before.failures + after.failures, before.requests + after.requests
    if failures in (0, requests):
        return 1.0
    share = failures / requests
    deviance = sum(_deviance(side, share) for side in (before, after))
    root = math.sqrt(max(0.0, deviance))
    exact = _fisher(before, after) if failures <= _MOST_EXACT else math.erfc(root / math.sqrt(2))
    if dispersion.degrees_of_freedom is None:
        return exact
    return max(exact, 2 * (1 - t_cdf(root / math.sqrt(dispersion.factor), dispersion.degrees_of_freedom)))


def limit_p_value(side: RunCounts, limit: float, dispersion: Dispersion) -> float:
    """One-sided p-value: how likely so many failures are where the true share is the limit.

    Args:
        side: the counts of all runs.
        limit: a share, above 0 and below 1.
        dispersion: of the counts.

    >>> round(limit_p_value(RunCounts(3, 10), 0.1, INDEPENDENT), 4)
    0.0702
    """
    failures, requests = side
    if failures <= requests * limit:
        return 1.0
    root = math.sqrt(_deviance(side, limit))
    normal = math.erfc(root / math.sqrt(2)) / 2
    exact = _binomial_tail(failures, requests, limit) if failures <= _MOST_EXACT else normal
    if dispersion.degrees_of_freedom is None:
        return exact
    return max(exact, 1 - t_cdf(root / math.sqrt(dispersion.factor), dispersion.degrees_of_freedom))


def total_counts(runs: Sequence[RunCounts]) -> RunCounts:
    """The counts of all runs together."""
    return RunCounts(sum(run.failures for run in runs), sum(run.requests for run in runs))


def _deviance(side: RunCounts, share: float) -> float:
    """Twice the log likelihood ratio of the side's own share against another."""
    passed = side.requests - side.failures
    parts = ((side.failures, side.requests * share), (passed, side.requests * (1 - share)))
    return 2 * sum(count * math.log(count / expected) for count, expected in parts if count)


def _log_choose(total: int, chosen: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)


def _fisher(before: RunCounts, after: RunCounts) -> float:
    """Fisher's exact test: twice the smaller tail of the hypergeometric distribution."""
    failures, requests = before.failures + after.failures, before.requests + after.requests
    all_tables = _log_choose(requests, failures)

    def tail(start: int, stop: int) -> float:
        return math.fsum(
            math.exp(_log_choose(before.requests, count) + _log_choose(after.requests, failures - count) - all_tables)
            for count in range(max(start, failures - after.requests), min(stop, before.requests) + 1)
        )

    return min(1.0, 2 * min(tail(0, before.failures), tail(before.failures, failures)))


def _binomial_tail(failures: int, requests: int, share: float) -> float:
    """The probability of so many failures or more, where there are more than expected."""
    tail = 0.0
    for count in range(failures, requests + 1):
        log = _log_choose(requests, count) + count * math.log(share) + (requests - count) * math.log1p(-share)
        term = math.exp(log)
        tail += term
        if term < 1e-16 * tail:
            break
    return min(1.0, tail)


def _newcombe(before: RunCounts, after: RunCounts, factor: float) -> tuple[float, float]:
    """The 95 % interval of the difference of two shares, from Wilson's interval of each."""
    first, second = before.failures / before.requests, after.failures / after.requests
    low_1, high_1 = wilson_interval(before.failures, before.requests, factor)
    low_2, high_2 = wilson_interval(after.failures, after.requests, factor)
    below = math.hypot(second - low_2, high_1 - first)
    above = math.hypot(high_2 - second, first - low_1)
    return second - first - below, second - first + above


def _detectable(before: RunCounts, requests: int, factor: float, level: float) -> float:
    """The rise that is shown with a probability of 80 %, by the normal approximation; at most 1."""
    share = (before.failures + 0.5) / (before.requests + 1)
    quantiles = _normal_quantile(1 - level / 2) + _Z_POWER
    rise = 0.0
    for _ in range(50):
        other = min(1.0, share + rise)
        variance = share * (1 - share) / before.requests + other * (1 - other) / requests
        rise = min(1 - share, quantiles * math.sqrt(factor * variance))
    return rise


def _normal_quantile(probability: float) -> float:
    return t_quantile(probability, 1e6)

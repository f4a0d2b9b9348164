"""Whether a figure changed between two sets of load-test runs, judged by its variation from run to run.

Requests of one run are not independent: tests that pool them report a change in half of all comparisons without one.
So each run contributes one figure. Welch's t test compares the logarithms, since noise and changes are relative. The
exact Mann-Whitney test of the same figures stands beside it, and assumes no distribution.

Sources: Welch, The generalization of Student's problem, Biometrika 34(1-2), 1947, doi 10.1093/biomet/34.1-2.28; Mann
and Whitney, Annals of Mathematical Statistics 18(1), 1947, doi 10.1214/aoms/1177730491.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.statistics.student_t import t_quantile

CONFIDENCE_LEVEL, POWER = 0.95, 0.8
MAX_RUNS = 1000


class RunSample(NamedTuple):
    """The runs of one side.

    Attributes:
        runs: their number.
        log_mean: mean of the logarithms of their figures, or of shares themselves.
        log_sd: standard deviation of the same, 0 for a single run.
    """

    runs: int
    log_mean: float
    log_sd: float


class RelativeChange(NamedTuple):
    """The candidate against the baseline, as ratios: 0.05 is 5 % more.

    Attributes:
        change: the estimate.
        low: lower limit of its interval at CONFIDENCE_LEVEL.
        high: upper limit.
        detectable: the smallest rise that these runs show with a probability of POWER.
    """

    change: float
    low: float
    high: float
    detectable: float

    @property
    def is_significant(self) -> bool:
        """Whether the interval excludes no change."""
        return self.low > 0 or self.high < 0


def sample_of(figures: Sequence[float]) -> RunSample:
    """The sample of one figure above 0 for each run."""
    logs = [math.log(figure) for figure in figures]
    if min(figures) == max(figures):  # their sum would be rounded
        return RunSample(len(logs), logs[0], 0.0)
    mean = math.fsum(logs) / len(logs)
    squares = math.fsum((log - mean) ** 2 for log in logs)
    return RunSample(len(logs), mean, math.sqrt(squares / (len(logs) - 1)) if len(logs) > 1 else 0.0)


def sample_from_moments(runs: int, mean: float, standard_deviation: float) -> RunSample:
    """The sample by mean and standard deviation of the figures; a first-order approximation for small variation.

    Args:
        runs: their number, at least 1.
        mean: of the figures, above 0.
        standard_deviation: of the figures, at least 0.
    """
    return RunSample(runs, math.log(mean), standard_deviation / mean)


def compare_runs(baseline: RunSample, candidate: RunSample) -> RelativeChange:
    """Welch's t interval of the difference of log means.

    Args:
        baseline: the runs before.
        candidate: the runs after. One side at least must have two runs, whose variation then stands for both.
    """
    standard_error, degrees_of_freedom = _standard_error(baseline, candidate)
    difference = candidate.log_mean - baseline.log_mean
    quantile = t_quantile((1 + CONFIDENCE_LEVEL) / 2, degrees_of_freedom)
    half_width = quantile * standard_error
    detectable = (quantile + t_quantile(POWER, degrees_of_freedom)) * standard_error
    low, high = difference - half_width, difference + half_width
    return RelativeChange(_ratio(difference), _ratio(low), _ratio(high), _ratio(detectable))


class ShareChange(NamedTuple):
    """The mean share of the candidate's runs against that of the baseline's.

    Attributes:
        baseline: mean share, from 0 to 1.
        candidate: mean share.
        low: lower limit of the difference at CONFIDENCE_LEVEL.
        high: upper limit.
        detectable: the smallest rise that these runs show with a probability of POWER.
    """

    baseline: float
    candidate: float
    low: float
    high: float
    detectable: float

    @property
    def difference(self) -> float:
        """Candidate minus baseline."""
        return self.candidate - self.baseline

    @property
    def is_significant(self) -> bool:
        """Whether the interval excludes no difference."""
        return self.low > 0 or self.high < 0


def compare_shares(baseline: Sequence[float], candidate: Sequence[float]) -> ShareChange:
    """Welch's t interval of the difference of mean shares, which may be 0 and so have no logarithm.

    Args:
        baseline: a share for each run. One side at least must have two runs, whose variation then stands for both.
        candidate: a share for each run.

    >>> compare_shares([0.0, 0.0, 0.0], [0.3, 0.31, 0.29]).is_significant
    True
    """
    samples = []
    for shares in (baseline, candidate):
        mean = math.fsum(shares) / len(shares)
        squares = math.fsum((share - mean) ** 2 for share in shares)
        samples.append(RunSample(len(shares), mean, math.sqrt(squares / max(1, len(shares) - 1))))
    before, after = samples
    standard_error, degrees_of_freedom = _standard_error(before, after)
    quantile = t_quantile((1 + CONFIDENCE_LEVEL) / 2, degrees_of_freedom)
    difference, half_width = after.log_mean - before.log_mean, quantile * standard_error
    detectable = half_width + t_quantile(POWER, degrees_of_freedom) * standard_error
    return ShareChange(before.log_mean, after.log_mean, difference - half_width, difference + half_width, detectable)


def mann_whitney(sample: Sequence[float], other: Sequence[float]) -> tuple[int, float] | None:
    """The exact two-sided Mann-Whitney test.

    Args:
        sample: at least one figure.
        other: at least one figure.

    Returns:
        U of the first sample (the pairs in which it is larger) and the p-value; None where two figures are equal,
        since the exact distribution assumes no ties.

    >>> mann_whitney([1, 2, 3], [4, 5, 6])
    (0, 0.1)
    """
    if len({*sample, *other}) < len(sample) + len(other):
        return None
    u = sum(figure > other_figure for figure in sample for other_figure in other)
    # orders[k][u]: orders of the first ranks in which k figures of the sample have that u
    orders = [[1]] + [[0] for _ in sample]
    for rank in range(len(sample) + len(other)):
        for taken in range(min(rank + 1, len(sample)), 0, -1):
            pairs = rank - taken + 1  # figures of the other sample with lower ranks
            before = orders[taken - 1]
            orders[taken] = _add(orders[taken], [0] * pairs + before) if pairs <= len(other) else orders[taken]
    counts = orders[len(sample)]
    total = math.comb(len(sample) + len(other), len(sample))
    at_most, at_least = sum(counts[: u + 1]), sum(counts[u:])
    return u, min(1.0, 2 * min(at_most, at_least) / total)


def _add(counts: list[int], others: list[int]) -> list[int]:
    return [count + other for count, other in itertools.zip_longest(counts, others, fillvalue=0)]


def required_runs(effect: float, baseline: RunSample, candidate: RunSample) -> int | None:
    """The fewest runs a side that detect a rise of this ratio with a probability of POWER.

    Args:
        effect: the rise as a ratio, above 0.
        baseline: gives its variation.
        candidate: gives its variation.

    Returns:
        At least 2; None for more than MAX_RUNS.
    """
    log_sd = math.sqrt((baseline.log_sd**2 + candidate.log_sd**2) / 2)
    if min(baseline.runs, candidate.runs) == 1:
        log_sd = max(baseline.log_sd, candidate.log_sd)
    low, high = 2, MAX_RUNS
    if _detectable(high, log_sd) > effect:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _detectable(middle, log_sd) <= effect else (middle + 1, high)
    return low


def _detectable(runs: int, log_sd: float) -> float:
    sample = RunSample(runs, 0.0, log_sd)
    return compare_runs(sample, sample).detectable


def _standard_error(baseline: RunSample, candidate: RunSample) -> tuple[float, float]:
    """Standard error of the difference of means, and its degrees of freedom (Welch-Satterthwaite)."""
    if min(baseline.runs, candidate.runs) == 1:
        repeated = max(baseline, candidate)
        return repeated.log_sd * math.sqrt(1 + 1 / repeated.runs), repeated.runs - 1
    samples = (baseline, candidate)
    variances = [sample.log_sd**2 / sample.runs for sample in samples]
    total = sum(variances)
    if not total:
        return 0.0, baseline.runs + candidate.runs - 2
    weights = sum(variance**2 / (sample.runs - 1) for variance, sample in zip(variances, samples))
    return math.sqrt(total), total**2 / weights


def _ratio(log: float) -> float:
    return math.expm1(min(log, 700))

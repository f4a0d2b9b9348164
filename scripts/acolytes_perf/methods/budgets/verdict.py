"""Whether runs keep a budget: each limit passes, fails or stays undecided.

- A limit of a value fails when the value is beyond it by more than noise: a one-sided test, with Holm's correction
  over all limits.
- A limit of a change fails when the change is more than noise (the same test against no change), and the estimate is
  above the limit. It need not be beyond the limit by more than noise: that would find +10 % against a limit of 5 %
  in far fewer checks.
- It passes when the one-sided 95 % limit of the value, or of the change, is within the limit.
- Otherwise it is undecided, and more runs would decide.

So a release that did not change, and keeps all limits of values, fails in at most 5 % of checks, however many limits
there are. A release that is worse by less than a limit may fail more often: at the limit itself in half of the checks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from acolytes_perf.methods.budgets.limits import ABOVE_BASELINE, AT_LEAST, BELOW_BASELINE, Limit
from acolytes_perf.methods.budgets.power import (
    POWER_QUANTILE,
    change_that_fails,
    excess_that_fails,
    rise_that_fails,
    share_that_fails,
)
from acolytes_perf.methods.comparison.failure_rates import (
    Dispersion,
    RunCounts,
    compare_failures,
    count_variance,
    dispersion_from,
    limit_p_value,
    total_counts,
)
from acolytes_perf.methods.comparison.log_difference import (
    SIGNIFICANCE,
    LogSides,
    Spread,
    mean,
    rounding_of,
    with_rounding,
)
from acolytes_perf.methods.comparison.releases import FAILURES, WHOLE, EndpointFigures, Side, figure_of
from acolytes_perf.methods.comparison.runs import MAX_RUNS
from acolytes_perf.methods.comparison.shared_variation import Variance, moderated
from acolytes_perf.methods.latency.percentiles import wilson_interval
from acolytes_perf.methods.statistics.multiple_tests import holm_adjusted
from acolytes_perf.methods.statistics.student_t import t_quantile

PASS, FAIL, UNDECIDED = "pass", "fail", "undecided"
#: As many degrees of freedom as a variation that is assumed, not estimated, stands for.
_ASSUMED = 1e6
_ONE_SIDED = 1.6448536


class LimitVerdict(NamedTuple):
    """What the runs say about one limit.

    Attributes:
        limit: the limit.
        verdict: PASS, FAIL or UNDECIDED.
        value: of the candidate; None where its runs have too few requests for it.
        baseline: of the baseline; None for a limit of the value itself.
        reached: what is compared with the limit: the value, or the change.
        bound: the one-sided 95 % limit of it, in the bad direction.
        best_case: the same in the good direction, for a change; None for a limit of the value itself.
        p_value: after Holm's correction.
        runs_needed: runs a side that would decide in 80 of 100 checks if the values stay; None where none would, or
            where it is decided.
        fails_from: the value, or the change, that would fail in 80 of 100 checks with as many runs and requests; None
            where that is not known.
    """

    limit: Limit
    verdict: str
    value: float | None
    baseline: float | None
    reached: float | None
    bound: float | None
    best_case: float | None
    p_value: float
    runs_needed: int | None
    fails_from: float | None


class _Test(NamedTuple):
    """A limit before the correction.

    `excess` is how far the runs are beyond the limit, and `highest_excess` how far they may be; both may be negative.
    `distance` is how far they are from what would decide, in standard errors. `fails_from` tells what fails in 80 of
    100 checks, at a level.
    """

    value: float | None
    baseline: float | None
    reached: float | None
    bound: float | None
    p_value: float
    excess: float
    highest_excess: float
    distance: float
    runs: int
    fails_from: Callable[[float], float] | None = None
    best_case: float | None = None


def overall(verdicts: Sequence[LimitVerdict]) -> str:
    """The verdict of all limits together."""
    kinds = {verdict.verdict for verdict in verdicts}
    return FAIL if FAIL in kinds else UNDECIDED if UNDECIDED in kinds else PASS


def check_limits(limits: Sequence[Limit], candidate: Side, baseline: Side, variation: float) -> list[LimitVerdict]:
    """Judge every limit.

    Args:
        limits: at least one.
        candidate: its runs, at least one.
        baseline: its runs; empty where no limit needs them.
        variation: the standard deviation between runs, as a share, where no side has two runs that show it.
    """
    spreads = _Spreads(baseline, candidate, variation)
    tests = [
        _failure_test(limit, spreads) if limit.measure == FAILURES else _figure_test(limit, spreads) for limit in limits
    ]
    adjusted = holm_adjusted([test.p_value for test in tests])
    return [
        _verdict(limit, test, p_value, SIGNIFICANCE / len(limits))
        for limit, test, p_value in zip(limits, tests, adjusted)
    ]


def _verdict(limit: Limit, test: _Test, p_value: float, level: float) -> LimitVerdict:
    verdict = UNDECIDED
    if test.excess > 0 and p_value < SIGNIFICANCE:
        verdict = FAIL
    elif test.highest_excess <= 0:
        verdict = PASS
    needed, power = None, test.fails_from(level) if test.fails_from else None
    if verdict == UNDECIDED and test.distance:
        quantile = (t_quantile(1 - level, _ASSUMED) if test.excess > 0 else _ONE_SIDED) + POWER_QUANTILE
        runs = math.ceil(test.runs * (quantile / test.distance) ** 2)
        needed = max(runs, test.runs + 1) if runs <= MAX_RUNS else None
    return LimitVerdict(
        limit,
        verdict,
        test.value,
        test.baseline,
        test.reached,
        test.bound,
        test.best_case,
        p_value,
        needed,
        power,
    )


class _Spreads:
    """The runs of both sides, and how much they vary, by measure and endpoint."""

    def __init__(self, baseline: Side, candidate: Side, variation: float) -> None:
        self.baseline, self.candidate, self.variation = baseline, candidate, variation
        self._variances: dict[str, dict[str, Variance]] = {}

    def sides(self, endpoint: str) -> list[list[EndpointFigures]]:
        """The figures of the endpoint, of each side's runs that have it."""
        return [[run[endpoint] for run in side if endpoint in run] for side in (self.baseline, self.candidate)]

    def logs(self, endpoint: str, measure: str) -> LogSides | None:
        """The logarithms of a measure; None where a run lacks it."""
        sides = [[figure_of(figures, measure) for figures in side] for side in self.sides(endpoint)]
        if not sides[1] or not all(value for side in sides for value in side):
            return None
        return LogSides(*[[math.log(value) for value in side if value] for side in sides])

    def variance(self, endpoint: str, measure: str) -> Variance:
        """The variance of logarithms or counts, supported by that of the other endpoints."""
        if measure not in self._variances:
            names = self.candidate[0]
            self._variances[measure] = {name: self._own(name, measure) for name in names}
        variances = self._variances[measure]
        return moderated(variances[endpoint], [variances[name] for name in variances if name not in (endpoint, WHOLE)])

    def _own(self, endpoint: str, measure: str) -> Variance:
        if measure == FAILURES:
            return count_variance([_counts(side) for side in self.sides(endpoint)])
        logs = self.logs(endpoint, measure)
        return logs.variance if logs else Variance(0.0, 0)


def _figure_test(limit: Limit, spreads: _Spreads) -> _Test:
    """A limit of a latency or of throughput, by logarithms."""
    logs = spreads.logs(limit.endpoint, limit.measure)
    if logs is None or (limit.needs_baseline and not logs.baseline):
        return _unknown(len(spreads.candidate))
    variance = spreads.variance(limit.endpoint, limit.measure)
    if not variance.degrees_of_freedom:
        within = max(
            (one.errors.get(limit.measure, 0.0) for side in spreads.sides(limit.endpoint) for one in side), default=0.0
        )
        variance = Variance(spreads.variation**2 + within**2, _ASSUMED)
    sign = -1 if limit.kind in (AT_LEAST, BELOW_BASELINE) else 1
    value = math.exp(mean(logs.candidate))
    runs = len(logs.candidate)
    if limit.needs_baseline:
        runs = min(runs, len(logs.baseline))
        figures = [math.exp(log) for side in logs for log in side]
        rounding = rounding_of(figures, logs)
        variance = with_rounding(variance, rounding)
        spread = Spread(logs.standard_error(variance), variance.degrees_of_freedom, rounding, 0.0)
        change, allowed = sign * logs.difference, math.log1p(limit.value) if sign > 0 else -math.log1p(-limit.value)
        excess, p_value = change - allowed, spread.tail(change)
        reference, reached = mean(logs.baseline), math.expm1(logs.difference)
    else:
        error = math.sqrt(variance.value / runs)
        spread = Spread(error, variance.degrees_of_freedom, 0.0, 0.0)
        excess = sign * (mean(logs.candidate) - math.log(limit.value))
        p_value, reference, reached = spread.tail(excess), None, value
    freedom, error = spread.degrees_of_freedom, spread.standard_error

    def fails_from(level: float) -> float:
        if reference is not None:
            return math.expm1(sign * change_that_fails(allowed, error, freedom, spread.rounding, level))
        return limit.value * math.exp(sign * excess_that_fails(error, freedom, level))

    reach = t_quantile(1 - SIGNIFICANCE, spread.degrees_of_freedom) * spread.standard_error + spread.rounding
    bound = math.expm1(logs.difference + sign * reach) if reference is not None else value * math.exp(sign * reach)
    # what would fail is tested against no change, what would pass against the limit
    towards = change if reference is not None and excess >= 0 else excess
    return _Test(
        value,
        None if reference is None else math.exp(reference),
        reached,
        bound,
        p_value,
        excess,
        excess + reach,
        abs(towards) / spread.standard_error if spread.standard_error else 0.0,
        runs,
        fails_from,
        None if reference is None else math.expm1(logs.difference - sign * reach),
    )


def _unknown(runs: int) -> _Test:
    """The runs have too few requests for the measure, or the file does not tell."""
    return _Test(None, None, None, None, 1.0, 0.0, math.inf, 0.0, runs)


def _failure_test(limit: Limit, spreads: _Spreads) -> _Test:
    """A limit of the share of failures, by counts."""
    before, after = (_counts(side) for side in spreads.sides(limit.endpoint))
    if not after or (limit.needs_baseline and not before):
        return _unknown(len(spreads.candidate))
    dispersion = dispersion_from(spreads.variance(limit.endpoint, FAILURES))
    if limit.kind == ABOVE_BASELINE:
        return _failures_rise(limit.value, before, after, dispersion)
    total = total_counts(after)
    share = total.failures / total.requests
    bound = wilson_interval(total.failures, total.requests, dispersion.factor)[1]
    excess = share - limit.value

    def fails_from(level: float) -> float:
        return share_that_fails(limit.value, total.requests, dispersion, level)

    if limit.value in (0.0, 1.0):  # one failure decides
        return _Test(share, None, share, bound, float(excess <= 0), excess, excess, 0.0, len(after), fails_from)
    error = math.sqrt(dispersion.factor * limit.value * (1 - limit.value) / total.requests)
    p_value = limit_p_value(total, limit.value, dispersion)
    return _Test(
        share, None, share, bound, p_value, excess, bound - limit.value, abs(excess) / error, len(after), fails_from
    )


def _failures_rise(allowed: float, before: list[RunCounts], after: list[RunCounts], dispersion: Dispersion) -> _Test:
    change = compare_failures(before, after, dispersion)
    p_value = change.p_value / 2 if change.difference > 0 else 1.0
    half_width = (change.high - change.low) / (2 * 1.96)
    towards = change.difference if change.difference >= allowed else change.difference - allowed
    counts = total_counts(before)

    def fails_from(level: float) -> float:
        return rise_that_fails(allowed, counts, total_counts(after).requests, dispersion, level) - change.baseline

    return _Test(
        change.candidate,
        change.baseline,
        change.difference,
        change.high,
        p_value,
        change.difference - allowed,
        change.high - allowed,
        abs(towards) / half_width if half_width else 0.0,
        min(len(before), len(after)),
        fails_from,
        change.low,
    )


def _counts(figures: Sequence[EndpointFigures]) -> list[RunCounts]:
    """The counts of runs whose files tell which requests failed."""
    return [RunCounts(one.failures, one.requests) for one in figures if one.failures is not None and one.requests]


def count_verdicts(verdicts: Sequence[LimitVerdict]) -> Mapping[str, int]:
    """How many limits have each verdict.

    >>> count_verdicts([])
    {'pass': 0, 'fail': 0, 'undecided': 0}
    """
    return {kind: sum(verdict.verdict == kind for verdict in verdicts) for kind in (PASS, FAIL, UNDECIDED)}

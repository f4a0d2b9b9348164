"""Which endpoints of a release changed, in which measures: all tests of all endpoints, corrected for their number.

A run contributes one figure for each endpoint and measure, since the requests of one run depend on each other.

- Latency and throughput: a t test of logarithms. Few runs are supported by `shared_variation`.
- Failures: counts over runs, with their overdispersion (`failure_rates`).
- An endpoint against the others: the same t test of its latency, in each run divided by the median of what the other
  endpoints gained or lost. A slower machine cancels out there, a slower endpoint does not.

Holm's correction covers all of them together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from acolytes_perf.methods.comparison.failure_rates import (
    Dispersion,
    RunCounts,
    compare_failures,
    count_variance,
    dispersion_from,
)
from acolytes_perf.methods.comparison.log_difference import (
    SIGNIFICANCE,
    Change,
    LogSides,
    Spread,
    mean,
    rounding_of,
    spread_of,
)
from acolytes_perf.methods.comparison.shared_variation import moderated
from acolytes_perf.methods.statistics.multiple_tests import holm_adjusted

#: The name of all requests together, among the endpoints.
WHOLE = "all requests"
FAILURES, THROUGHPUT = "failures", "throughput"
MEASURES = ("p50", "p95", "p99", "mean", FAILURES, THROUGHPUT)


class EndpointFigures(NamedTuple):
    """One endpoint in one run.

    Attributes:
        requests: their number.
        failures: how many of them failed; None where the file does not tell.
        latencies: seconds, by measure (a percentile or the mean), of the successful requests.
        throughput: requests per second; None where the duration is unknown.
        all_latencies: seconds, by measure, of all requests.
        errors: standard error of the logarithm within the run, by measure.
    """

    requests: int
    failures: int | None
    latencies: Mapping[str, float]
    throughput: float | None
    all_latencies: Mapping[str, float]
    errors: Mapping[str, float] = MappingProxyType({})


#: The runs of one side, with the figures of each endpoint by its name. WHOLE has those of all requests.
Side = Sequence[Mapping[str, EndpointFigures]]


class MeasureChange(NamedTuple):
    """What happened to one measure of one endpoint.

    Attributes:
        endpoint: its name, or WHOLE.
        measure: one of MEASURES.
        baseline: the geometric mean of its runs; for failures the share of all their requests.
        candidate: the same.
        change: of the endpoint itself.
        relative: against the other endpoints; None where there are too few, or the measure is not a latency.
        detectable: the smallest change that these runs show in 80 of 100 comparisons, all tests considered.
        variation: standard deviation between runs, as a share; for failures the overdispersion.
    """

    endpoint: str
    measure: str
    baseline: float
    candidate: float
    change: Change
    relative: Change | None
    detectable: float
    variation: float

    @property
    def is_reported(self) -> bool:
        """Whether it is more than noise, by itself or against the other endpoints.

        A change against the others counts only where the endpoint itself changed in that direction, by half as much or
        more. Otherwise it is the others that changed.
        """
        if self.change.is_significant or self.relative is None:
            return self.change.is_significant
        own = math.copysign(1, self.relative.value) * self.change.value
        return self.relative.is_significant and own >= abs(self.relative.value) / 2

    @property
    def is_worse(self) -> bool:
        """Whether the change is in the bad direction, significant or not."""
        return self.change.value < 0 if self.measure == THROUGHPUT else self.change.value > 0


def compare_releases(baseline: Side, candidate: Side, measures: Sequence[str] = MEASURES) -> list[MeasureChange]:
    """Compare all endpoints that both sides have, in all measures that their runs have.

    Args:
        baseline: at least one run.
        candidate: at least one run; one of the sides has two or more.
        measures: those to compare.

    Returns:
        The changes by endpoint, in the order of the first run, and by measure.
    """
    endpoints = [name for name in baseline[0] if all(name in run for run in (*baseline, *candidate))]
    endpoints.sort(key=WHOLE.__eq__)  # the endpoints first
    if len(endpoints) == 2:
        endpoints.remove(WHOLE)  # it is the only endpoint once more
    tests: list[_Test] = []
    for measure in measures:
        if measure == FAILURES:
            tests += _failure_tests(baseline, candidate, endpoints)
        else:
            tests += _latency_tests(baseline, candidate, endpoints, measure)
    count = sum(1 + (test.relative is not None) for test in tests)
    p_values = [change.p_value for test in tests for change in (test.change, test.relative) if change is not None]
    adjusted = iter(holm_adjusted(p_values))
    changes = [test.result(adjusted, SIGNIFICANCE / count) for test in tests]
    order = {name: index for index, name in enumerate(endpoints)}
    return sorted(changes, key=lambda change: order[change.endpoint])  # stable: the measures keep their order


class _Test(NamedTuple):
    """One measure of one endpoint, before the correction. `spread` and `rise` make the smallest detectable change."""

    endpoint: str
    measure: str
    baseline: float
    candidate: float
    change: Change
    relative: Change | None
    spread: Spread | None
    failures: tuple[list[RunCounts], list[RunCounts], Dispersion] | None

    def result(self, adjusted: Iterator[float], level: float) -> MeasureChange:
        """The change with the next corrected p-values."""
        change = self.change._replace(adjusted=next(adjusted))
        relative = self.relative and self.relative._replace(adjusted=next(adjusted))
        if self.spread:
            detectable, variation = self.spread.detectable(level), self.spread.deviation
        else:
            assert self.failures
            before, after, dispersion = self.failures
            detectable = compare_failures(before, after, dispersion, level).detectable
            variation = dispersion.factor
        return MeasureChange(
            self.endpoint, self.measure, self.baseline, self.candidate, change, relative, detectable, variation
        )


def _latency_tests(baseline: Side, candidate: Side, endpoints: Sequence[str], measure: str) -> list[_Test]:
    """The tests of one latency measure, or of throughput."""
    figures = {
        name: [[figure_of(run[name], measure) for run in side] for side in (baseline, candidate)] for name in endpoints
    }
    complete = {
        name: [[value for value in side if value] for side in sides]
        for name, sides in figures.items()
        if all(value for side in sides for value in side)
    }
    logs = {
        name: LogSides(*[[math.log(value) for value in side] for side in sides]) for name, sides in complete.items()
    }
    parts = [name for name in logs if name != WHOLE]
    relative = _relative_logs({name: logs[name] for name in parts}) if measure != THROUGHPUT else {}
    variances = {name: logs[name].variance for name in logs}
    relative_variances = {name: relative[name].variance for name in relative}
    tests = []
    for name, own in logs.items():
        others = [variances[other] for other in parts if other != name] if measure != THROUGHPUT else []
        spread = spread_of(
            own, variances[name], others, rounding_of([value for side in complete[name] for value in side], own)
        )
        against = None
        if name in relative:
            others = [relative_variances[other] for other in parts if other != name]
            against = spread_of(relative[name], relative_variances[name], others, spread.rounding).change(
                relative[name].difference
            )
        before, after = (math.exp(mean(side)) for side in own)
        tests.append(_Test(name, measure, before, after, spread.change(own.difference), against, spread, None))
    return tests


def _relative_logs(logs: Mapping[str, LogSides]) -> dict[str, LogSides]:
    """Each endpoint in each run, less the median of what the others gained since the baseline's mean."""
    if len(logs) < 3:
        return {}
    gains = {}
    for name, own in logs.items():
        level = mean(own.baseline)
        gains[name] = [[value - level for value in side] for side in own]
    result = {}
    for name, sides in gains.items():
        others = [other for key, other in gains.items() if key != name]
        result[name] = LogSides(
            *[
                [value - _median([other[side][run] for other in others]) for run, value in enumerate(values)]
                for side, values in enumerate(sides)
            ]
        )
    return result


def _failure_tests(baseline: Side, candidate: Side, endpoints: Sequence[str]) -> list[_Test]:
    counts = {}
    for name in endpoints:
        sides = [[_counts(run[name]) for run in side] for side in (baseline, candidate)]
        if all(count is not None and count.requests for side in sides for count in side):
            counts[name] = [[count for count in side if count] for side in sides]
    variances = {name: count_variance(sides) for name, sides in counts.items()}
    tests = []
    for name, (before, after) in counts.items():
        others = [variances[other] for other in counts if other not in (name, WHOLE)]
        dispersion = dispersion_from(moderated(variances[name], others))
        result = compare_failures(before, after, dispersion)
        change = Change(result.difference, result.low, result.high, result.p_value)
        tests.append(
            _Test(name, FAILURES, result.baseline, result.candidate, change, None, None, (before, after, dispersion))
        )
    return tests


def _counts(figures: EndpointFigures) -> RunCounts | None:
    return None if figures.failures is None else RunCounts(figures.failures, figures.requests)


def figure_of(figures: EndpointFigures, measure: str) -> float | None:
    """The figure of a latency measure or of throughput; None where the run lacks it."""
    return figures.throughput if measure == THROUGHPUT else figures.latencies.get(measure)


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2

"""Proposes a budget from runs: limits that an unchanged release keeps, and that these runs can decide."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from acolytes_perf.methods.budgets.limits import ABOVE_BASELINE, AT_MOST, DEFAULT_FAILURES_RISE
from acolytes_perf.methods.comparison.failure_rates import RunCounts, count_variance, dispersion_from, total_counts
from acolytes_perf.methods.comparison.log_difference import LogSides
from acolytes_perf.methods.comparison.releases import FAILURES, WHOLE, EndpointFigures, Side
from acolytes_perf.methods.comparison.shared_variation import Variance, moderated
from acolytes_perf.methods.latency.percentiles import wilson_interval
from acolytes_perf.methods.statistics.student_t import t_quantile

#: The measures with limits of their own, and those that are compared with a baseline.
LIMITED, COMPARED = ("p95",), ("p50", "p95")
MEASURES = ("p50", "p95", FAILURES)
#: Limits of a change, from the strictest on.
_STEPS = (0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
_LEAST_FAILURES = 0.01


class Proposal(NamedTuple):
    """The proposed limits of one measure of one endpoint.

    Attributes:
        endpoint: its name, or WHOLE.
        measure: a latency, or `failures`.
        highest: the highest value of a run; of failures the share of all requests.
        at_most: the limit of the value; None where only the change is limited.
        above_baseline: the limit of the change against a baseline: a ratio, for failures a difference of shares.
    """

    endpoint: str
    measure: str
    highest: float
    at_most: float | None
    above_baseline: float


def propose(runs: Side, headroom: float, regression: float | None, variation: float) -> list[Proposal]:
    """Propose limits for all requests and for each endpoint.

    Args:
        runs: at least one.
        headroom: how far a limit is above the highest run, as a share.
        regression: the limit of changes against a baseline; None chooses what as many runs can decide: an unchanged
            release then passes with a probability of 90 % for each limit.
        variation: the standard deviation between runs, as a share, where there is only one.
    """
    endpoints = [name for name in runs[0] if all(name in run for run in runs)]
    if len(endpoints) == 2:
        endpoints.remove(WHOLE)  # it is the only endpoint once more
    proposals = []
    for measure in COMPARED:
        variances = _variances(runs, endpoints, measure)
        for name in endpoints:
            figures = [run[name].latencies.get(measure) for run in runs]
            highest = max((figure for figure in figures if figure), default=0.0)
            if name not in variances or not highest:
                continue
            others = [variances[other] for other in variances if other not in (name, WHOLE)]
            change = regression or _decidable(moderated(variances[name], others), len(runs), variation)
            at_most = round_up(highest * (1 + headroom)) if measure in LIMITED else None
            proposals.append(Proposal(name, measure, highest, at_most, change))
    proposals += [proposal for name in endpoints for proposal in _failures(name, [run[name] for run in runs])]
    order = {name: index for index, name in enumerate(endpoints)}
    return sorted(proposals, key=lambda proposal: order[proposal.endpoint])


def _variances(runs: Side, endpoints: Sequence[str], measure: str) -> dict[str, Variance]:
    variances = {}
    for name in endpoints:
        figures = [run[name].latencies.get(measure) for run in runs]
        if all(figures):
            variances[name] = LogSides([math.log(figure) for figure in figures if figure], []).variance
    return variances


def _decidable(variance: Variance, runs: int, variation: float) -> float:
    """The strictest step that an unchanged release passes with a probability of 90 %, with as many runs a side."""
    if not variance.degrees_of_freedom:
        variance = Variance(variation**2, 1e6)
    freedom = 2 * variance.degrees_of_freedom  # both sides
    reach = (t_quantile(0.95, freedom) + t_quantile(0.9, freedom)) * math.sqrt(2 * variance.value / runs)
    return next((step for step in _STEPS if math.log1p(step) >= reach), _STEPS[-1])


def _failures(name: str, figures: Sequence[EndpointFigures]) -> list[Proposal]:
    """The limit of failures: 1 %, or more where these runs already come near it."""
    counts = [RunCounts(one.failures, one.requests) for one in figures if one.failures is not None and one.requests]
    if not counts:
        return []
    total, dispersion = total_counts(counts), dispersion_from(count_variance([counts]))
    upper = wilson_interval(total.failures, total.requests, dispersion.factor)[1]
    at_most = max(_LEAST_FAILURES, round_up(1.5 * upper))
    return [Proposal(name, FAILURES, total.failures / total.requests, min(1.0, at_most), DEFAULT_FAILURES_RISE)]


def round_up(value: float) -> float:
    """The value rounded up to two digits.

    >>> round_up(0.1234), round_up(0.5)
    (0.13, 0.5)
    """
    digits = 1 - math.floor(math.log10(value))
    scaled = math.ceil(round(value * 10.0**digits, 6))
    return float(f"{scaled / 10.0**digits:.12g}")


def budget_members(proposals: Sequence[Proposal]) -> dict[str, object]:
    """The members of the budget's file."""
    from acolytes_perf.inputs.units import show_duration

    whole: dict[str, dict[str, str]] = {}
    endpoints: dict[str, dict[str, dict[str, str]]] = {}
    for proposal in proposals:
        section = whole if proposal.endpoint == WHOLE else endpoints.setdefault(proposal.endpoint, {})
        limits = section.setdefault(proposal.measure, {})
        if proposal.at_most is not None:
            is_share = proposal.measure == FAILURES
            limits[AT_MOST] = _percent(proposal.at_most) if is_share else show_duration(proposal.at_most)
        limits[ABOVE_BASELINE] = _percent(proposal.above_baseline)
    members: dict[str, object] = {"all_requests": whole} if whole else {}
    return {**members, "endpoints": endpoints} if endpoints else members


def _percent(share: float) -> str:
    return f"{100 * share:.12g}%"


def limits_of(members: Mapping[str, object]) -> int:
    """How many limits a budget's members have."""
    if all(isinstance(value, str) for value in members.values()):
        return len(members)
    return sum(limits_of(value) for value in members.values() if isinstance(value, Mapping))

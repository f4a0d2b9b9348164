"""Releases that are drawn at random, and what a comparison and a budget say about them; see bench/perf_gates.py."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from statistics import NormalDist
from typing import NamedTuple

from acolytes_perf.methods.budgets.limits import parse_budget
from acolytes_perf.methods.budgets.verdict import FAIL, UNDECIDED, check_limits, overall
from acolytes_perf.methods.comparison.releases import WHOLE, EndpointFigures, MeasureChange, compare_releases

#: Latencies of the endpoints: median in seconds, and standard deviation of the logarithm.
ENDPOINTS = {
    "login": (0.12, 0.3),
    "list": (0.09, 0.5),
    "detail": (0.06, 0.4),
    "search": (0.25, 0.6),
    "pay": (0.4, 0.4),
    "upload": (0.9, 0.5),
}
CHANGED = "detail"
#: Requests of an endpoint in a run.
FEW_REQUESTS = (50, 100, 150, 200, 300, 500)
USUAL_FAILURES, MORE_FAILURES = 0.002, 0.02
_RISE = {"above_baseline_by_at_most": "5%"}
BUDGET = parse_budget({"every_endpoint": {"p50": _RISE, "p95": _RISE}, "all_requests": {"p95": _RISE}}, "bench")
PERCENTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
_STANDARD = NormalDist()


class Scenario(NamedTuple):
    """What the trials simulate. The candidate differs in one endpoint: by `slower` as a ratio, and in its failures.

    Attributes:
        runs: of each side.
        deviation: standard deviation of the latencies between runs, as a share.
        is_shared: the endpoints of a run vary together, as on a busy machine.
        requests: of each endpoint in a run.
        slower: what the latency of the changed endpoint gains, as a share.
        failures: the share of its requests that fail after the change; 0.2 % fail before it.
        burst: standard deviation of the logarithm of the share of failures between runs.
        step: to which the tool rounds latencies, in seconds; 0 for exact ones.
    """

    runs: int
    deviation: float
    is_shared: bool
    requests: int = 1000
    slower: float = 0.0
    failures: float = USUAL_FAILURES
    burst: float = 0.0
    step: float = 0.0


class Outcome(NamedTuple):
    """The shares of the trials in which something was reported.

    Attributes:
        changed: any change at all.
        worse: the gate of 5 % fails.
        found_slower: a latency of the changed endpoint is worse, by itself or against the others.
        found_failing: more failures of the changed endpoint.
        budget_failed: a budget against the baseline fails: 5 % of p50 and p95, 0.5 points of failures.
        budget_slower: it fails by a latency of the changed endpoint.
        budget_failing: it fails by the failures of the changed endpoint.
        budget_undecided: it neither passes nor fails.
    """

    changed: float
    worse: float
    found_slower: float
    found_failing: float
    budget_failed: float
    budget_slower: float
    budget_failing: float
    budget_undecided: float


def simulate(scenario: Scenario, trials: int, seed: int = 1) -> Outcome:
    """Compare so many pairs of releases."""
    rng = random.Random(seed)
    counts = [0] * 8
    limits = BUDGET.limits(list(ENDPOINTS), has_baseline=True)
    for _ in range(trials):
        baseline = [draw_run(rng, scenario, is_candidate=False) for _ in range(scenario.runs)]
        candidate = [draw_run(rng, scenario, is_candidate=True) for _ in range(scenario.runs)]
        changes = compare_releases(baseline, candidate)
        significant = [change for change in changes if change.is_reported]
        worse = [change for change in significant if change.is_worse]
        counts[0] += bool(significant)
        counts[1] += any(change.change.is_significant and is_beyond(change) for change in worse)
        counts[2] += any(change.endpoint == CHANGED and change.measure in ("p50", "p95", "mean") for change in worse)
        counts[3] += any(change.endpoint == CHANGED and change.measure == "failures" for change in worse)
        verdicts = check_limits(limits, candidate, baseline, variation=0.05)
        failed = [verdict.limit for verdict in verdicts if verdict.verdict == FAIL]
        counts[4] += bool(failed)
        counts[5] += any(limit.endpoint == CHANGED and limit.measure != "failures" for limit in failed)
        counts[6] += any(limit.endpoint == CHANGED and limit.measure == "failures" for limit in failed)
        counts[7] += overall(verdicts) == UNDECIDED
    return Outcome(*[count / trials for count in counts])


def is_beyond(change: MeasureChange) -> bool:
    """Whether it is as large as a gate of 5 % allows; every significant rise of failures is."""
    return change.measure == "failures" or abs(change.change.value) >= 0.05


def draw_run(rng: random.Random, scenario: Scenario, *, is_candidate: bool) -> Mapping[str, EndpointFigures]:
    """The figures of one run: those of all requests are those of the endpoints, weighted."""
    machine, trouble = rng.gauss(0, scenario.deviation), rng.gauss(0, scenario.burst)
    seconds = scenario.requests / 20 * math.exp(rng.gauss(0, 0.001))
    figures = {}
    for name, (median, deviation) in ENDPOINTS.items():
        is_changed = is_candidate and name == CHANGED
        level = machine if scenario.is_shared else rng.gauss(0, scenario.deviation)
        level += math.log(median) + (math.log1p(scenario.slower) if is_changed else 0.0)
        burst = trouble if scenario.is_shared else rng.gauss(0, scenario.burst)
        share = (scenario.failures if is_changed else USUAL_FAILURES) * math.exp(burst - scenario.burst**2 / 2)
        failures = draw_binomial(rng, scenario.requests, min(share, 0.9))
        latencies = draw_latencies(rng, scenario.requests, level, deviation)
        if scenario.step:  # the mean is of many requests, and is not rounded
            rounded = {measure: round(latencies[measure] / scenario.step) * scenario.step for measure in PERCENTILES}
            latencies |= rounded
        figures[name] = EndpointFigures(scenario.requests, failures, latencies, scenario.requests / seconds, latencies)
    parts = list(figures.values())
    whole = {measure: sum(part.latencies[measure] for part in parts) / len(parts) for measure in (*PERCENTILES, "mean")}
    total = scenario.requests * len(parts)
    return {
        WHOLE: EndpointFigures(total, sum(part.failures or 0 for part in parts), whole, total / seconds, whole),
        **figures,
    }


def draw_latencies(rng: random.Random, requests: int, level: float, deviation: float) -> dict[str, float]:
    """Percentiles (nearest rank) and mean of lognormal latencies.

    The ranks of uniform numbers follow beta distributions, so that not every request must be drawn.
    """
    latencies, share, previous = {}, 0.0, 0
    for measure, percentile in PERCENTILES.items():
        rank = math.ceil(percentile * requests)
        share += (1 - share) * rng.betavariate(rank - previous, requests - rank + 1)
        previous = rank
        latencies[measure] = math.exp(level + deviation * _STANDARD.inv_cdf(share))
    variation = math.sqrt(math.expm1(deviation**2) / requests)
    latencies["mean"] = math.exp(level + deviation**2 / 2) * (1 + rng.gauss(0, variation))
    return latencies


def draw_binomial(rng: random.Random, requests: int, share: float) -> int:
    """How many of the requests fail, by the gaps between failures."""
    count, position, log = 0, -1, math.log1p(-share)
    while True:
        position += 1 + int(math.log(1 - rng.random()) / log)
        if position >= requests:
            return count
        count += 1


def unchanged() -> list[Scenario]:
    """Releases without any change; also with failures of all endpoints in bursts, or with latencies in milliseconds."""
    usual = [
        Scenario(runs, deviation, is_shared)
        for runs in (3, 5)
        for deviation in (0.02, 0.03)
        for is_shared in (False, True)
    ]
    bursts = [Scenario(runs, 0.02, is_shared=True, burst=0.5) for runs in (3, 5)]
    return [*usual, *bursts, *(Scenario(runs, 0.02, is_shared=False, step=1e-3) for runs in (2, 3))]


def changed() -> list[Scenario]:
    """10 % more latency, or ten times the failures, at one endpoint."""
    slower = [Scenario(5, 0.02, is_shared, slower=0.1) for is_shared in (False, True)]
    return [*slower, *(Scenario(5, 0.02, is_shared, failures=MORE_FAILURES) for is_shared in (False, True))]


def fewer_requests() -> list[Scenario]:
    """The same failures with fewer requests in a run, and in bursts: less of it is found."""
    few = [Scenario(5, 0.02, is_shared=True, requests=requests, failures=MORE_FAILURES) for requests in FEW_REQUESTS]
    return [*few, Scenario(5, 0.02, is_shared=True, failures=MORE_FAILURES, burst=0.5)]

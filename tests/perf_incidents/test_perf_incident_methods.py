"""Incidents: counts against scipy and published figures, times to repair and outages against simulations."""

import heapq
import itertools
import math
import random

import numpy as np
import pytest
from scipy import stats

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.methods.reliability.outage_recovery import (
    Outage,
    drain,
    late_requests,
    longest_outage,
    needed_capacity,
)
from acolytes_perf.methods.reliability.repair_times import figures, fit_log_normal, ratio_of_times, smallest_reduction
from acolytes_perf.methods.reliability.severity_rules import RULES, classify, read_rules
from acolytes_perf.methods.statistics.count_intervals import poisson_cdf, poisson_interval, rate_ratio_interval


@pytest.mark.parametrize(("level", "expected"), [(0.95, (16.18, 36.90)), (0.9, (17.38, 34.92)), (0.99, (14.00, 41.00))])
def test_the_intervals_of_25_are_those_of_graphpad(level: float, expected: tuple[float, float]) -> None:
    assert poisson_interval(25, level) == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize("count", [0, 1, 2, 7, 40, 1000, 30_000])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_an_interval_of_a_count_is_that_of_chi_squared(count: int, level: float) -> None:
    tail = (1 - level) / 2
    low = stats.chi2.ppf(tail, 2 * count) / 2 if count else 0.0
    assert poisson_interval(count, level) == pytest.approx((low, stats.chi2.ppf(1 - tail, 2 * count + 2) / 2), rel=1e-8)


@pytest.mark.parametrize(("count", "mean"), [(0, 3.0), (3, 0.5), (9, 10.0), (90, 120.0), (900, 20.0), (20, 900.0)])
def test_a_poisson_probability_is_that_of_scipy(count: int, mean: float) -> None:
    assert poisson_cdf(count, mean) == pytest.approx(stats.poisson.cdf(count, mean), rel=1e-9)


@pytest.mark.parametrize(("before", "after", "exposure"), [(12, 5, 1.0), (3, 30, 2.5), (0, 4, 1.0), (4, 0, 0.5)])
def test_a_ratio_of_rates_is_the_exact_binomial_one(before: int, after: int, exposure: float) -> None:
    share = stats.binomtest(after, before + after).proportion_ci(0.95, method="exact")
    low, high = rate_ratio_interval(before, after, exposure, 0.95)
    assert low == pytest.approx(share.low / (1 - share.low) / exposure, rel=1e-8)
    if before:
        assert high == pytest.approx(share.high / (1 - share.high) / exposure, rel=1e-8)
    else:
        assert high is None


def test_intervals_of_the_log_normal_law_hold_the_truth() -> None:
    rng, mean, sd, trials = random.Random(5), 7.0, 0.9, 300
    truth = [math.exp(mean + sd**2 / 2), math.exp(mean), math.exp(mean + 1.2815516 * sd)]
    held = [0, 0, 0]
    for trial in range(trials):
        sample = [math.exp(rng.gauss(mean, sd)) for _ in range(12)]
        for index, one in enumerate(figures(sample, [0.5, 0.9], trial)):
            held[index] += one.by_law.low <= truth[index] <= one.by_law.high
    assert all(0.91 <= count / trials <= 0.985 for count in held)


def test_the_median_has_the_interval_of_a_t_test() -> None:
    sample = [300.0, 900.0, 1200.0, 4000.0, 700.0, 2500.0, 60.0, 1800.0]
    median = figures(sample, [0.5], 1)[1].by_law
    logs = np.log(sample)
    expected = np.exp(stats.t.interval(0.95, len(logs) - 1, logs.mean(), stats.sem(logs)))
    assert median.value == pytest.approx(np.exp(logs.mean()))
    assert (median.low, median.high) == pytest.approx(tuple(expected), rel=0.05)


def test_figures_of_the_data_are_those_of_numpy() -> None:
    sample = [300.0, 900.0, 1200.0, 4000.0, 700.0]
    found = figures(sample, [0.25, 0.9], 1)
    assert [one.by_data.value for one in found] == pytest.approx(
        [np.mean(sample), np.quantile(sample, 0.25), np.quantile(sample, 0.9)]
    )


def test_the_smallest_reduction_is_seen_in_80_of_100_cases() -> None:
    rng, found = random.Random(3), 0
    law = fit_log_normal([math.exp(value) for value in (5.1, 6.0, 6.4, 7.1, 7.7, 8.2, 6.6, 7.0, 5.9, 6.8)])
    shift = math.log(1 - smallest_reduction(law, 10))
    for _ in range(600):
        before = [math.exp(rng.gauss(0, law.sd)) for _ in range(10)]
        after = [math.exp(rng.gauss(shift, law.sd)) for _ in range(10)]
        found += ratio_of_times(before, after).high < 1
    assert found / 600 == pytest.approx(0.8, abs=0.06)


def test_a_ratio_of_times_is_welchs() -> None:
    before, after = [300.0, 900.0, 1200.0, 4000.0], [200.0, 450.0, 900.0, 310.0, 150.0]
    ratio = ratio_of_times(before, after)
    expected = stats.ttest_ind(np.log(after), np.log(before), equal_var=False).confidence_interval(0.95)
    assert (ratio.low, ratio.high) == pytest.approx((math.exp(expected.low), math.exp(expected.high)), rel=1e-6)


def simulated(outage: Outage, deadline: float, rng: random.Random) -> tuple[float, int]:
    """Seconds until one fast server has no queue after the restart, and how many requests waited too long."""
    time, free, late = 0.0, outage.down, 0
    while True:
        time += rng.expovariate(outage.arrival_rate)
        if time < outage.down and rng.random() >= outage.kept:
            continue
        if time > outage.down and free <= time:
            return free - outage.down, late
        late += free - time > deadline
        free += rng.expovariate(outage.capacity)


def test_a_backlog_drains_as_in_a_simulation() -> None:
    outage, rng = Outage(80, 100, 20, 5, 0.7), random.Random(8)
    runs = [simulated(outage, 6.0, rng) for _ in range(400)]
    seconds = [one[0] for one in runs]
    drained = drain(outage)
    assert drained.seconds == pytest.approx(np.mean(seconds), rel=0.03)
    assert drained.sd == pytest.approx(np.std(seconds), rel=0.15)
    assert late_requests(outage, 6.0) == pytest.approx(np.mean([one[1] for one in runs]), rel=0.03)


def with_retries(outage: Outage, rng: random.Random) -> float:
    """Seconds until a given backlog has gone, where requests that wait too long are tried again."""
    assert outage.backlog is not None
    assert outage.timeout is not None
    waiting, time = outage.backlog, 0.0
    arrivals, served = rng.expovariate(outage.arrival_rate), rng.expovariate(outage.capacity)
    events = [(arrivals, "arrival"), (served, "served")]
    heapq.heapify(events)
    while waiting > 0:
        time, kind = heapq.heappop(events)
        if kind == "served":
            waiting -= 1
            heapq.heappush(events, (time + rng.expovariate(outage.capacity), kind))
        else:
            tries = 1 + (int(outage.retries) if waiting / outage.capacity > outage.timeout else 0)
            waiting += tries
            heapq.heappush(events, (time + rng.expovariate(outage.arrival_rate), kind))
    return time


def test_retries_slow_the_drain_as_in_a_simulation() -> None:
    outage, rng = Outage(40, 100, 0.0, backlog=1000, timeout=2.0, retries=1.0), random.Random(4)
    assert drain(outage).seconds == pytest.approx(np.mean([with_retries(outage, rng) for _ in range(100)]), rel=0.05)


def test_too_many_retries_never_drain() -> None:
    assert drain(Outage(40, 100, 0.0, backlog=1000, timeout=2.0, retries=2.0)).seconds == math.inf
    assert drain(Outage(40, 100, 0.0, backlog=150, timeout=2.0, retries=2.0)).seconds == pytest.approx(2.5)


@pytest.mark.parametrize("retries", [0.0, 0.5])
def test_needed_capacity_and_longest_outage_just_keep_the_objective(retries: float) -> None:
    outage = Outage(90, 140, 600, 60, 0.8, timeout=30 if retries else None, retries=retries)
    needed = needed_capacity(outage, 3600)
    assert needed is not None
    assert outage.down + drain(outage._replace(capacity=needed)).seconds == pytest.approx(3600)
    longest = outage._replace(seconds=longest_outage(outage, 1800))
    assert longest.down + drain(longest).seconds == pytest.approx(1800)
    assert needed_capacity(outage, 660) is None


def test_late_requests_of_a_fluid_are_those_of_small_steps() -> None:
    outage, step = Outage(80, 100, 200, 20, 0.7), 0.01
    queue = late = 0.0
    for index in range(200_000):
        time = index * step
        is_down = time < outage.down
        wait = (outage.down - time if is_down else 0.0) + queue / outage.capacity
        arrivals = outage.arrival_rate * step * (outage.kept if is_down else 1.0)
        late += arrivals if wait > 40 else 0.0
        queue = max(0.0, queue + arrivals - (0.0 if is_down else outage.capacity * step))
    assert late_requests(outage, 40.0) == pytest.approx(late, rel=1e-3)


def rules_of(text: str) -> list[Inputs]:
    rows = RULES.read(text)[1]
    assert isinstance(rows, list)
    return [row for row in rows if isinstance(row, Inputs)]


def test_the_first_rule_that_is_reached_decides() -> None:
    rules = read_rules(rules_of("one:100::50%,two:10:5%:10%,three:1"))
    figures_of = itertools.product((0, 1, 10, 100), (0.0, 0.05), (0.0, 0.1, 0.5))
    for burn_rate, budget, users in figures_of:
        reached = [burn_rate >= 100 or users >= 0.5, burn_rate >= 10 or budget >= 0.05 or users >= 0.1, burn_rate >= 1]
        expected = reached.index(True) if any(reached) else None
        assert classify(rules, {"burn_rate": burn_rate, "budget": budget, "users": users}) == expected


def test_a_rule_that_never_decides_is_refused() -> None:
    with pytest.raises(InputError, match="is not below that of one"):
        read_rules(rules_of("one:100:5%,two:10:5%"))

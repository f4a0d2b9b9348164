"""Shards against full placements, pools against events, and retries against a simulated storm."""

import heapq
import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acolytes_perf.commands.queue_pool import COMMAND as POOL
from acolytes_perf.commands.queue_retries import COMMAND as RETRIES
from acolytes_perf.commands.queue_shard import COMMAND as SHARD
from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.methods.popularity.key_skew import busiest_shard, fewest_shards, from_counts, power_sum, zipf
from acolytes_perf.methods.queueing.mmc import erlang_c
from acolytes_perf.methods.queueing.pooling import Part, mixture
from acolytes_perf.methods.queueing.retries import Curve, RetrySystem, attempts_of
from perf_answers import values
from perf_queue_events import storm


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0, 1.0000000001, 1.3, 2.6])
@pytest.mark.parametrize(("first", "last"), [(1, 5), (1, 3000), (1501, 1_000_000), (7, 2_000_000)])
def test_sums_of_powers_are_the_direct_sums(exponent: float, first: int, last: int) -> None:
    direct = float(np.sum(np.arange(first, last + 1, dtype=float)[::-1] ** -exponent))
    assert power_sum(first, last, exponent) == pytest.approx(direct, rel=1e-11)


def test_two_shards_of_few_keys_are_all_placements() -> None:
    shares = [0.4, 0.25, 0.2, 0.1, 0.05]
    highest = []
    for places in itertools.product(range(2), repeat=5):
        first = sum(share for share, place in zip(shares, places, strict=True) if place)
        highest.append(max(first, 1 - first))
    spread = busiest_shard(from_counts(shares), 2, None, 1)
    low, high = np.quantile(highest, [0.4, 0.6])
    assert low <= spread.median + 1e-12
    assert spread.median <= high + 1e-12
    assert spread.high <= 1 + 1e-12
    assert min(highest) - 1e-12 <= spread.low


@pytest.mark.parametrize(("keys", "exponent", "shards"), [(100_000, 0.99, 16), (300_000, 0.6, 64), (50_000, 0.0, 8)])
def test_the_busiest_shard_is_that_of_placements_of_all_keys(keys: int, exponent: float, shards: int) -> None:
    rng = np.random.default_rng(4)
    weights = np.arange(1, keys + 1, dtype=float) ** -exponent
    weights /= weights.sum()
    highest = [np.bincount(rng.integers(0, shards, keys), weights=weights, minlength=shards).max() for _ in range(150)]
    spread = busiest_shard(zipf(keys, exponent), shards, None, 1)
    assert spread.median == pytest.approx(np.median(highest), rel=0.03)
    assert spread.high == pytest.approx(np.quantile(highest, 0.975), rel=0.12)


def test_a_ring_of_points_spreads_as_points_on_a_circle_do() -> None:
    rng = np.random.default_rng(9)
    shards, points, keys = 8, 5, 20_000
    highest = []
    for _ in range(800):
        places = np.sort(rng.random(shards * points))
        owners = rng.permutation(np.repeat(np.arange(shards), points))
        hashed = owners[np.searchsorted(places, rng.random(keys)) % len(places)]
        highest.append(np.bincount(hashed, minlength=shards).max() / keys)
    spread = busiest_shard(zipf(keys, 0.0), shards, points, 1)
    assert spread.median == pytest.approx(np.median(highest), rel=0.06)


def test_fewer_shards_than_needed_exceed_the_share() -> None:
    popularity = zipf(100_000, 0.8)
    needed = fewest_shards(popularity, 0.1, None, 1, 4096)
    assert needed
    assert busiest_shard(popularity, needed, None, 1).high <= 0.1
    assert busiest_shard(popularity, needed // 2, None, 1).high > 0.1
    assert fewest_shards(popularity, popularity.hottest[0] * 0.99, None, 1, 4096) is None


def test_replicas_take_reads_but_no_writes() -> None:
    call = {"key_count": "1M", "zipf": "0.9", "shards": 8, "arrival_rate": "1000/s", "read_share": "75%"}
    rates = []
    for replicas in (0, 2, 100):
        found = values(SHARD.run(SHARD.check({**call, "replicas": replicas})))
        rates.append(found.get("busiest_node_rate", found["busiest_rate"]) / found["busiest_rate"])
    assert rates == pytest.approx([1, 0.25 + 0.75 / 3, 0.25 + 0.75 / 101])


@given(st.lists(st.tuples(st.floats(0.05, 30), st.floats(0.01, 5)), min_size=2, max_size=6))
@settings(max_examples=40)
def test_a_mixture_has_the_moments_of_its_parts(pairs: list[tuple[float, float]]) -> None:
    parts = [Part(str(place), load, time) for place, (load, time) in enumerate(pairs)]
    rates = np.array([part.load / part.service_time for part in parts])
    times = np.array([part.service_time for part in parts])
    mean, square = (rates * times).sum() / rates.sum(), (rates * 2 * times**2).sum() / rates.sum()
    found = mixture(parts)
    assert found.service_time == pytest.approx(mean)
    assert found.scv == pytest.approx(square / mean**2 - 1, rel=1e-6)


def test_pools_have_the_fewest_servers_for_the_target() -> None:
    rng = random.Random(3)
    for _ in range(40):
        instances, load, target = rng.randint(2, 30), rng.uniform(0.3, 80), rng.choice([0.01, 0.05, 0.2])
        call = {"arrival_rate": f"{load}/s", "service_time": "1s", "instances": instances, "p_wait": target}
        found = values(POOL.run(POOL.check(call)))
        load = float(f"{load:.12g}")
        shared, each = found["shared_servers"], found["separate_servers"] // instances
        assert erlang_c(load, shared) <= target * (1 + 1e-9)
        assert shared == int(load) + 1 or erlang_c(load, shared - 1) > target
        assert erlang_c(load / instances, each) <= target * (1 + 1e-9)
        assert found["servers_saved"] >= 0


def test_a_shared_pool_of_mixed_requests_waits_as_events_do() -> None:
    """80 ms and 2 s requests in one pool: the stated interval holds what happens."""
    outcome = POOL.run(POOL.check({"pools": "a:40/s:80ms:6,b:1/s:2s:4"}))
    shared = next(result for result in outcome.results if result.name == "shared_mean_wait")
    servers = int(values(outcome)["shared_servers"])
    rng, free, now, waits = random.Random(2), [0.0] * servers, 0.0, []
    for _ in range(400_000):
        now += rng.expovariate(41)
        start = max(now, free[0])
        waits.append(start - now)
        heapq.heapreplace(free, start + rng.expovariate(1 / (2.0 if rng.random() < 1 / 41 else 0.08)))
    assert shared.interval
    assert shared.interval.high
    assert shared.interval.low * 0.95 <= float(np.mean(waits)) <= shared.interval.high * 1.05


def test_attempts_are_a_geometric_sum() -> None:
    for failure in (0.0, 1e-9, 0.3, 0.999999, 1.0):
        direct = sum(failure**power for power in range(6))
        assert attempts_of(failure, 5) == pytest.approx(direct, rel=1e-9)


def test_every_balance_balances_and_stable_ones_take_turns() -> None:
    system = RetrySystem(8, 248, 10.0, 3)
    curve = Curve(system, 6.0)
    found = curve.balances(6.0)
    assert [one.stable for one in found] == [True, False, True]
    for one in found:
        assert 6.0 * system.amplification(one.failure) == pytest.approx(one.attempts, rel=1e-5)
    turning = curve.turning_points()
    assert turning
    safe, collapse = turning
    for load, states in ((safe * 0.98, 1), (safe * 1.02, 3), (collapse * 0.98, 3), (collapse * 1.02, 1)):
        assert len(Curve(system, load).balances(load)) == states


#: The system of the example: 8 servers, a timeout of 10 service times, 3 retries, at most 240 that wait.
SYSTEM = RetrySystem(8, 248, 10.0, 3)


def test_above_the_safe_load_a_storm_lasts_and_below_it_ends() -> None:
    turning = Curve(SYSTEM, 6.0).turning_points()
    assert turning
    safe = turning[0]
    lasting = storm(1.3 * safe, 8, 248, 10.0, 3, outage=120, length=4000)
    assert lasting == pytest.approx(4 * 1.3 * safe, rel=0.1)
    over = storm(0.8 * safe, 8, 248, 10.0, 3, outage=120, length=4000)
    assert over == pytest.approx(0.8 * safe, rel=0.1)


def test_without_a_disturbance_the_normal_balance_holds() -> None:
    calm = storm(6.0, 8, 248, 10.0, 3, outage=0.0, length=6000)
    assert calm == pytest.approx(Curve(SYSTEM, 6.0).balances(6.0)[0].attempts, rel=0.03)


def test_backoff_alone_does_not_end_the_storm_and_a_budget_below_the_limit_does() -> None:
    found = values(
        RETRIES.run(
            RETRIES.check(
                {"arrival_rate": "6/s", "service_time": "1s", "servers": 8, "timeout": "10s", "queue_limit": 240}
            )
        )
    )
    limit = found["budget_limit"]
    assert storm(6.0, 8, 248, 10.0, 3, outage=120, length=4000, backoff=20.0) > 20
    budget = storm(6.0, 8, 248, 10.0, 3, outage=120, length=4000, budget=0.6 * limit)
    assert budget < 6.0 * (1 + limit)
    assert storm(6.0, 8, 248, 10.0, 3, outage=120, length=4000, budget=0.2) == pytest.approx(6.0, rel=0.1)


def test_a_short_queue_has_one_balance() -> None:
    short = {"arrival_rate": "60/s", "service_time": "100ms", "servers": 8, "timeout": "1s", "queue_limit": 40}
    found = values(RETRIES.run(RETRIES.check(short)))
    assert found["metastable"] is False
    assert storm(6.0, 8, 48, 10.0, 3, outage=120, length=4000) == pytest.approx(6.0, rel=0.1)


def test_fewer_retries_that_are_called_safe_are() -> None:
    system = RetrySystem(8, 248, 10.0, 5)
    load = 3.0
    most = Curve(system, load).most_retries(load)
    assert 0 < most < 5
    assert len(Curve(system._replace(retries=most), load).balances(load)) == 1
    assert len(Curve(system._replace(retries=most + 1), load).balances(load)) == 3


def test_an_overloaded_pool_is_refused() -> None:
    with pytest.raises(CannotAnswerError, match=r"a cannot carry 3\.2 erlang with 3 servers"):
        POOL.run(POOL.check({"pools": "a:40/s:80ms:3,b:1/s:2s:4"}))

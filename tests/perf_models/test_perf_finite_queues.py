"""Few places, few users, impatience and thread pools against chains solved exactly, and against simulated events."""

import heapq
import math
import random
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, linalg, special, stats

from acolytes_perf.commands.queue_abandon import COMMAND as ABANDON
from acolytes_perf.commands.queue_finite import COMMAND as FINITE
from acolytes_perf.commands.queue_threads import COMMAND as THREADS
from acolytes_perf.methods.queueing.birth_death import steady_state
from acolytes_perf.methods.queueing.finite import TimesInSystem, min_places, with_few_places, with_few_users
from acolytes_perf.methods.queueing.impatience import ImpatientQueue, garnett_abandonment
from acolytes_perf.methods.queueing.mmc import erlang_b, erlang_c, response_tail_probability, wait_tail_probability
from acolytes_perf.methods.queueing.thread_pool import throughputs, under_load
from perf_answers import values
from perf_queue_events import simulated_threads

loads = st.fractions(min_value=Fraction(1, 50), max_value=40, max_denominator=200)


def exact_chain(births: Callable[[int], Fraction], deaths: Callable[[int], Fraction], last: int) -> list[Fraction]:
    """Every probability as an exact fraction."""
    weights = [Fraction(1)]
    for state in range(last):
        weights.append(weights[-1] * births(state) / deaths(state + 1))
    total = sum(weights)
    return [weight / total for weight in weights]


@given(loads, st.integers(1, 20), st.integers(0, 30))
@settings(max_examples=60)
def test_few_places_are_the_exact_chain(load: Fraction, servers: int, room: int) -> None:
    places = servers + room
    chain = exact_chain(lambda _: load, lambda state: Fraction(min(state, servers)), places)
    queue = with_few_places(float(load), servers, places)
    assert queue.blocking == pytest.approx(float(chain[-1]), rel=1e-11)
    assert queue.empty == pytest.approx(float(chain[0]), rel=1e-11)
    queued = sum(max(0, state - servers) * one for state, one in enumerate(chain))
    assert queue.in_system == pytest.approx(float(sum(state * one for state, one in enumerate(chain))), rel=1e-11)
    assert queue.mean_wait == pytest.approx(float(queued / load / (1 - chain[-1])), rel=1e-9, abs=1e-300)


@given(st.fractions(Fraction(1, 100), 5, max_denominator=100), st.integers(1, 25), st.integers(1, 8), st.integers(0, 6))
@settings(max_examples=60)
def test_few_users_are_the_exact_chain(ratio: Fraction, users: int, servers: int, room: int) -> None:
    places = servers + room
    limited = places < users
    last = min(users, places)
    chain = exact_chain(lambda state: (users - state) * ratio, lambda state: Fraction(min(state, servers)), last)
    queue = with_few_users(float(ratio), users, servers, places if limited else None)
    sent = sum((users - state) * ratio * one for state, one in enumerate(chain))
    lost = (users - last) * ratio * chain[-1] / sent if limited else Fraction(0)
    served = sum(min(state, servers) * one for state, one in enumerate(chain))
    assert queue.blocking == pytest.approx(float(lost), rel=1e-10)
    assert queue.throughput == pytest.approx(float(served), rel=1e-11)
    # Little's law on the queue: two ways to the same wait
    queued = sum(max(0, state - servers) * one for state, one in enumerate(chain))
    assert queue.mean_wait == pytest.approx(float(queued / served), rel=1e-9, abs=1e-300)


def test_with_as_many_places_as_servers_it_is_erlang_b_and_with_many_places_erlang_c() -> None:
    for load, servers in ((0.5, 1), (14.0, 20), (95.0, 100)):
        assert with_few_places(load, servers, servers).blocking == pytest.approx(erlang_b(load, servers), rel=1e-12)
        queue = with_few_places(load, servers, servers + 2000)
        assert queue.p_wait == pytest.approx(erlang_c(load, servers), rel=1e-10)
        times, p_wait = TimesInSystem(queue), erlang_c(load, servers)
        for time in (0.0, 0.1, 1.0, 4.0):
            assert times.wait_exceeds(time) == pytest.approx(
                wait_tail_probability(p_wait, load, servers, time), rel=1e-9
            )
            expected = response_tail_probability(p_wait, load, servers, time)
            assert times.response_exceeds(time) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("servers", "places", "load"), [(1, 4, 1.5), (3, 7, 6.0), (4, 4, 2.0), (5, 40, 4.9)])
def test_the_tails_are_those_of_a_markov_chain_of_one_arrival(servers: int, places: int, load: float) -> None:
    """An arrival's way through the queue as a chain of its own, by a matrix exponential."""
    queue = with_few_places(load, servers, places)
    times = TimesInSystem(queue)
    depth = places - servers
    # states: so many completions until its service begins (0: it is served), then gone
    generator = np.zeros((depth + 2, depth + 2))
    for left in range(1, depth + 1):
        generator[left, left], generator[left, left - 1] = -servers, servers
    generator[0, 0], generator[0, depth + 1] = -1, 1
    start = np.zeros(depth + 2)
    for state in range(places):
        start[max(0, state - servers + 1)] += queue.found.probability(state)
    for time in (0.05, 0.7, 2.0, 6.0):
        there = start @ linalg.expm(generator * time)
        assert times.wait_exceeds(time) == pytest.approx(there[1 : depth + 1].sum(), rel=1e-8, abs=1e-14)
        assert times.response_exceeds(time) == pytest.approx(1 - there[-1], rel=1e-8, abs=1e-14)
    for share in (0.5, 0.95, 0.99):
        at = times.percentile(times.response_exceeds, share)
        assert times.response_exceeds(at) == pytest.approx(1 - share, rel=1e-6)


def test_places_for_a_target_are_the_fewest() -> None:
    rng = random.Random(5)
    for _ in range(60):
        servers, target = rng.randint(1, 12), 10 ** -rng.uniform(0.5, 4)
        load = servers * rng.uniform(0.2, 1.3)
        places = min_places(load, servers, target, 400)
        if places is None:
            assert with_few_places(load, servers, 400).blocking > target
            continue
        assert with_few_places(load, servers, places).blocking <= target * (1 + 1e-9)
        assert places == servers or with_few_places(load, servers, places - 1).blocking > target


def test_a_chain_that_leaves_out_rare_states_keeps_the_others() -> None:
    state = steady_state(lambda _: 1000.0, float)
    for number in (900, 1000, 1100):
        assert state.probability(number) == pytest.approx(stats.poisson.pmf(number, 1000), rel=1e-10)
    with pytest.raises(OverflowError):
        steady_state(lambda _: 1.0, lambda _: 1.0 + 1e-9, None)


def simulated(load: float, servers: int, patience: float, arrivals: int, seed: int) -> tuple[list[float], list[bool]]:
    """The waits of successive callers, and who gave up: the next free server serves who is still there."""
    rng, free, now = random.Random(seed), [0.0] * servers, 0.0
    waits, gave_up = [], []
    for _ in range(arrivals):
        now += rng.expovariate(load)
        start, limit = max(now, free[0]), rng.expovariate(1 / patience)
        gave_up.append(start - now > limit)
        waits.append(min(start - now, limit))
        if not gave_up[-1]:
            heapq.heapreplace(free, start + rng.expovariate(1))
    return waits[arrivals // 10 :], gave_up[arrivals // 10 :]


@pytest.mark.parametrize(("load", "servers", "patience"), [(4.0, 5, 1.0), (6.0, 4, 3.0), (20.0, 20, 0.4)])
def test_impatience_is_what_events_do(load: float, servers: int, patience: float) -> None:
    waits, gave_up = simulated(load, servers, patience, 300_000, 3)
    queue = ImpatientQueue(load, servers, patience)
    assert np.mean(gave_up) == pytest.approx(queue.abandonment, rel=0.03)
    assert np.mean(waits) == pytest.approx(queue.mean_wait, rel=0.03)
    for time in (0.0, 0.3 * patience, patience):
        assert np.mean(np.array(waits) > time) == pytest.approx(queue.wait_exceeds(time), abs=0.012)
        served = np.mean([not left and wait <= time for wait, left in zip(waits, gave_up, strict=True)])
        assert served == pytest.approx(queue.served_within(time), abs=0.012)
    for share in (0.9, 0.95):
        assert np.quantile(waits, share) == pytest.approx(queue.wait_percentile(share), rel=0.04, abs=0.01)


@given(st.floats(0.1, 60), st.integers(1, 60), st.floats(0.05, 50))
@settings(max_examples=40)
def test_the_figures_of_impatience_agree_with_each_other(load: float, servers: int, patience: float) -> None:
    queue = ImpatientQueue(load, servers, patience)
    assert queue.busy == pytest.approx(load * (1 - queue.abandonment), rel=1e-9)
    assert queue.served_within(1e6) == pytest.approx(1 - queue.abandonment, abs=1e-9)
    whole, _ = integrate.quad(queue.wait_exceeds, 0, 60 * patience + 60, limit=400, points=[patience, 5 * patience])
    assert whole == pytest.approx(queue.mean_wait, rel=1e-5, abs=1e-9)


def test_a_wait_behind_others_is_a_beta_of_its_exponential() -> None:
    """The claim on which all tails rest, against the sum of exponential times by its own Laplace inversion."""
    servers, patience, others = 3, 2.0, 4
    rates = [servers + place / patience for place in range(others + 1)]
    generator = np.diag([-rate for rate in rates]) + np.diag(rates[1:], -1)
    for time in (0.1, 0.5, 1.5):
        alive = linalg.expm(generator * time)[others].sum()
        beta = special.betainc(servers * patience, others + 1, math.exp(-time / patience))
        assert alive == pytest.approx(beta, rel=1e-10)


def test_the_square_root_rule_of_garnett_nears_the_exact_chain() -> None:
    errors = []
    for load in (100, 1000, 10_000):
        servers, patience = round(load + 0.5 * math.sqrt(load)), 1.5
        exact = ImpatientQueue(load, servers, patience)
        errors.append(abs(garnett_abandonment(load, servers, patience)[1] / exact.abandonment - 1))
    assert errors[0] < 0.02
    assert errors[2] < errors[0] / 5


def test_impatience_has_the_fewest_servers_for_each_target() -> None:
    rng = random.Random(8)
    for _ in range(25):
        load, patience = rng.uniform(0.5, 60), rng.uniform(0.2, 8)
        target = 10 ** -rng.uniform(1, 3)
        call = {"offered_load": load, "service_time": "1s", "patience": f"{patience}s", "abandonment": target}
        servers = values(ABANDON.run(ABANDON.check(call)))["servers"]
        exact = float(f"{patience:.12g}")
        assert ImpatientQueue(load, servers, exact).abandonment <= target * (1 + 1e-9)
        assert servers == 1 or ImpatientQueue(load, servers - 1, exact).abandonment > target


def test_one_more_place_lets_fewer_go_and_others_wait_longer() -> None:
    call = {"offered_load": 3.6, "servers": 4}
    found = [values(FINITE.run(FINITE.check({**call, "places": places}))) for places in (4, 10, 20)]
    assert [one["blocking"] for one in found] == sorted((one["blocking"] for one in found), reverse=True)
    assert [one["mean_wait"] for one in found] == sorted(one["mean_wait"] for one in found)


@pytest.mark.parametrize(("threads", "cores"), [(30, 4), (9, 1), (60, 4), (4, 4)])
@pytest.mark.parametrize(("share", "off"), [(0.5, 0.03), (0.8, 0.06), (0.9, 0.17)])
def test_a_thread_pool_is_close_to_what_events_do(threads: int, cores: int, share: float, off: float) -> None:
    rates = throughputs(threads, cores, 0.01, 0.09)
    found = under_load(share * rates[-1], rates)
    assert found
    p_wait, response = simulated_threads(share * rates[-1], threads, cores, 0.01, 0.09, 60_000)
    assert found.p_wait == pytest.approx(p_wait, abs=0.05)
    assert found.mean_response == pytest.approx(response, rel=off)


@given(st.integers(1, 40), st.integers(1, 12), st.floats(0.001, 1), st.floats(0.001, 5))
@settings(max_examples=40)
def test_threads_that_are_all_at_work_are_few_users(threads: int, cores: int, cpu: float, wait: float) -> None:
    users = with_few_users(cpu / wait, threads, cores).throughput / cpu
    assert throughputs(threads, cores, cpu, wait)[-1] == pytest.approx(users, rel=1e-10)


def test_the_threads_are_the_fewest_that_keep_the_target() -> None:
    for rate in (20, 150, 300):
        call = {"cpu_time": "10ms", "wait_time": "90ms", "cores": 4, "arrival_rate": f"{rate}/s"}
        threads = values(THREADS.run(THREADS.check(call)))["threads"]
        rates = throughputs(threads, 4, 0.01, 0.09)
        enough, fewer = under_load(rate, rates), under_load(rate, rates[:-1])
        assert enough
        assert enough.p_wait <= 0.01
        assert fewer is None or fewer.p_wait > 0.01

"""Whether a run has a steady state: a leak has none, and is not reported as a warm-up."""

import random

import pytest

from acolytes_perf.methods.latency import lacks_steady_state, warm_up_end
from acolytes_perf.methods.latency_histogram import EndpointStatistics
from acolytes_perf.methods.run_collector import RunCollector
from acolytes_perf.result_files.record import Batch, RequestKind


def read(latencies: list[float], step: float = 0.1) -> EndpointStatistics:
    """A run with a request every so many seconds, whose latencies are in milliseconds."""
    collector = RunCollector()
    kinds = [RequestKind("", failed=False)] * len(latencies)
    times = [1e9 + index * step for index in range(len(latencies))]
    collector.add(Batch([int(latency * 1e6) for latency in latencies], 1, kinds, times))
    collector.finish()
    return collector.whole


def noisy(rng: random.Random, trend: list[float]) -> list[float]:
    return [value * rng.lognormvariate(0, 0.3) for value in trend]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "trend",
    [
        [100 + index / 30 for index in range(6000)],  # 10 minutes of a linear leak
        [300 - index / 30 for index in range(6000)],
        [100 + max(0, index - 3000) / 15 for index in range(6000)],  # a leak that starts in the middle
    ],
    ids=["leak", "falling", "late leak"],
)
def test_a_run_that_drifts_has_no_steady_state_and_no_warm_up(trend: list[float], seed: int) -> None:
    run = read(noisy(random.Random(seed), trend))
    assert lacks_steady_state(run)
    assert warm_up_end(run) is None


@pytest.mark.parametrize("seed", range(5))
def test_a_warm_up_ends_in_a_steady_state(seed: int) -> None:
    rng = random.Random(seed)
    steady = read(noisy(rng, [100.0] * 6000))
    assert not lacks_steady_state(steady)
    warming = read(noisy(rng, [100 + max(0, 400 - index / 2) for index in range(6000)]))
    assert not lacks_steady_state(warming)
    end = warm_up_end(warming)
    assert end is not None
    assert 50 <= end - 1e9 <= 120


def test_a_busy_queue_rarely_counts_as_drifting(request: pytest.FixtureRequest) -> None:
    """Its waiting times depend on each other for long, and yet it is steady (M/M/1, utilisation 0.8)."""
    trials, rng, drifting = 200 if request.config.getoption("--full") else 30, random.Random(4), 0
    for _ in range(trials):
        now = free = 0.0
        latencies = []
        for index in range(8000):
            now += rng.expovariate(0.8)
            free = max(free, now) + rng.expovariate(1)
            if index >= 2000:
                latencies.append(10 * (free - now))
        drifting += lacks_steady_state(read(latencies))
    assert drifting / trials <= 0.1


def test_too_few_requests_tell_nothing() -> None:
    assert not lacks_steady_state(read([100.0] * 10))

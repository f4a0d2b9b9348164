"""How close the queueing calculators are to events and full placements, where their answer is not an exact formula.

Simulates thread pools, mixed requests in a shared pool, shards and retry storms, each in many random cases, and
compares them with what `queue threads`, `queue pool`, `queue shard` and `queue retries` say. Returns 1 when a share
misses its limit.

    python bench/perf_queues.py [--cases 40] [--json]
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import sys
from pathlib import Path
from statistics import fmean

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "helpers"), str(ROOT / "scripts")]

from acolytes_perf.methods.popularity.key_skew import busiest_shard, zipf  # noqa: E402
from acolytes_perf.methods.queueing.general import mean_wait_bounds  # noqa: E402
from acolytes_perf.methods.queueing.pooling import Part, mixture  # noqa: E402
from acolytes_perf.methods.queueing.retries import Curve, RetrySystem  # noqa: E402
from acolytes_perf.methods.queueing.thread_pool import throughputs, under_load  # noqa: E402
from perf_queue_events import simulated_threads, storm  # noqa: E402


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a figure misses its limit."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=40, help="random cases of each kind (default: 40)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    found = {
        "threads: response off, up to 80 % of the limit, at most": (_threads(options.cases), 0.08),
        "pools: mixed waits outside the stated interval": (_pools(options.cases), 0.05),
        "shards: placements outside the 95 % interval": (_shards(options.cases), 0.08),
        "retries: storms that last or end otherwise than stated": (_retries(options.cases), 0.05),
    }
    if options.json:
        print(json.dumps({name: value for name, (value, _) in found.items()}))
    else:
        for name, (value, limit) in found.items():
            print(f"{name:<58}{value:7.3f}  limit {limit:g}{'  missed' if value > limit else ''}")
    return int(any(value > limit for value, limit in found.values()))


def _threads(cases: int) -> float:
    """The largest relative error of the mean response in random pools."""
    worst = 0.0
    for seed in range(cases):
        rng = random.Random(seed)
        cores, cpu = rng.choice([1, 2, 4, 8]), 0.01
        wait = cpu * rng.uniform(1, 20)
        threads = max(1, round(cores * (1 + wait / cpu) * rng.uniform(0.5, 2)))
        rates = throughputs(threads, cores, cpu, wait)
        rate = rng.uniform(0.3, 0.8) * rates[-1]
        pool = under_load(rate, rates)
        assert pool
        _, response = simulated_threads(rate, threads, cores, cpu, wait, 60_000)
        worst = max(worst, abs(pool.mean_response / response - 1))
    return worst


def _pools(cases: int) -> float:
    """The share of shared pools of mixed requests whose simulated mean wait is outside the interval."""
    outside = 0
    for seed in range(cases):
        rng = random.Random(seed)
        parts = [Part(str(place), rng.uniform(0.5, 6), 10 ** rng.uniform(-2, 0)) for place in range(rng.randint(2, 4))]
        total = mixture(parts)
        servers = int(total.load / rng.uniform(0.5, 0.85)) + 1
        low, _, high = mean_wait_bounds(servers, total.load / servers, 1.0, total.scv)
        rates = [part.load / part.service_time for part in parts]
        means = [_mean_wait(rng, servers, rates, [part.service_time for part in parts]) for _ in range(4)]
        mean, error = fmean(means), 2 * float(np.std(means, ddof=1)) / 2
        outside += not low * total.service_time - error <= mean <= high * total.service_time + error
    return outside / cases


def _mean_wait(rng: random.Random, servers: int, rates: list[float], times: list[float]) -> float:
    free, now, waits = [0.0] * servers, 0.0, 0.0
    draws = rng.choices(times, weights=rates, k=100_000)
    for time in draws:
        now += rng.expovariate(sum(rates))
        start = max(now, free[0])
        waits += start - now
        heapq.heapreplace(free, start + rng.expovariate(1 / time))
    return waits / len(draws)


def _shards(cases: int) -> float:
    """The share of full placements of all keys whose busiest shard is outside the stated interval."""
    outside = total = 0
    for seed in range(cases):
        rng = np.random.default_rng(seed)
        keys, exponent, shards = int(10 ** rng.uniform(3, 5)), rng.uniform(0, 1.2), int(2 ** rng.uniform(1, 7))
        weights = np.arange(1, keys + 1, dtype=float) ** -exponent
        weights /= weights.sum()
        spread = busiest_shard(zipf(keys, exponent), shards, None, 1)
        for _ in range(60):
            share = np.bincount(rng.integers(0, shards, keys), weights=weights, minlength=shards).max()
            outside += not spread.low <= share <= spread.high
            total += 1
    return outside / total


def _retries(cases: int) -> float:
    """The share of storms, 20 % away from the safe load, that last or end otherwise than stated."""
    wrong = 0
    for seed in range(cases):
        rng = random.Random(seed)
        servers, retries = rng.choice([2, 4, 8, 16]), rng.randint(1, 4)
        timeout = rng.uniform(4, 15)
        places = servers + round(3 * servers * timeout)
        turning = Curve(RetrySystem(servers, places, timeout, retries), 0.7 * servers).turning_points()
        assert turning
        above = rng.random() < 0.5
        load = turning[0] * (1.2 if above else 0.8)
        attempts = storm(
            load, servers, places, timeout, retries, outage=12 * timeout, length=400 * timeout, backoff=timeout
        )
        wrong += (attempts > 1.5 * load) != above
    return wrong / cases


if __name__ == "__main__":
    sys.exit(main())

"""How far `cache hit` is from simulated LRU caches, and `latency budget` from simulated requests, in seeded trials.

The hit ratio must be within 0.002 from 10 cached objects on, and within 0.015 below. For `latency budget` the steps are
drawn from distributions that it does not know, once as percentiles and once as samples. Shown is the median error of
p99, and how often the interval holds the true p99. The 95 % interval of samples must hold it in 92 to 98 % of the
trials. Else the exit code is 1. Needs numpy.

    python bench/perf_requests_caches.py [--trials 300] [--json]
"""

from __future__ import annotations

import argparse
import functools
import json
import statistics
import sys
from typing import Any

import numpy as np

from acolytes_perf.methods.caching import Popularity, lru_hit_ratio
from acolytes_perf.methods.latency import Z95
from acolytes_perf.methods.latency_curve import MeasuredCurve, PercentileCurve
from acolytes_perf.methods.latency_source import LONG_TAIL, SHORT_TAIL
from acolytes_perf.methods.latency_sum import Step, StepSum

REQUESTS, SAMPLE = 1_000_000, 2000
CACHES = [(20, 1.0, 3), (100, 1.5, 5), (300, 1.0, 5), (1000, 1.2, 10), (1000, 2.0, 30), (10_000, 0.8, 1000),
          (10_000, 1.1, 100), (100_000, 0.8, 5000), (100_000, 1.5, 50)]  # fmt: skip
LAWS = {
    "log-normal": lambda rng, n: rng.lognormal(-4, 0.8, n),
    "exponential": lambda rng, n: rng.exponential(0.03, n),
    "Weibull": lambda rng, n: 0.02 * rng.weibull(0.7, n),
    "Pareto": lambda rng, n: 0.01 * (1 + rng.pareto(3, n)),
    "two modes": lambda rng, n: np.where(rng.random(n) < 0.9, rng.gamma(20, 0.001, n), rng.gamma(20, 0.01, n)),
}


def cache_errors() -> dict[str, float]:
    """Computed minus simulated hit ratio of each cache."""
    errors = {}
    for objects, alpha, capacity in CACHES:
        shares = np.arange(1, objects + 1, dtype=float) ** -alpha
        drawn = np.random.default_rng(3).choice(objects, REQUESTS, p=shares / shares.sum()).tolist()
        cache = functools.lru_cache(maxsize=capacity)(lambda _key: None)
        for key in drawn[: REQUESTS // 10]:
            cache(key)
        before = cache.cache_info().hits
        for key in drawn[REQUESTS // 10 :]:
            cache(key)
        simulated = (cache.cache_info().hits - before) / (0.9 * REQUESTS)
        computed = lru_hit_ratio(Popularity.zipf(objects, alpha), capacity)
        errors[f"{objects} objects, exponent {alpha}, {capacity} cached"] = computed - simulated
    return errors


def budget_errors(law: Any, trials: int) -> dict[str, float]:
    """Errors of p99 of four steps, two of them at once, by percentiles and by samples."""
    rng = np.random.default_rng(5)
    whole = law(rng, REQUESTS) + law(rng, REQUESTS) + np.maximum(law(rng, REQUESTS), law(rng, REQUESTS))
    true = float(np.quantile(whole, 0.99))
    exact = np.quantile(law(rng, REQUESTS), [0.5, 0.95, 0.99])
    curve = PercentileCurve([(share, float(value)) for share, value in zip((0.5, 0.95, 0.99), exact, strict=True)])
    groups = (None, None, "both", "both")
    found = [
        StepSum([Step(str(index), curve.with_tail(tail), 1.0, group) for index, group in enumerate(groups)], 0.99)
        for tail in (1.0, SHORT_TAIL, LONG_TAIL)
    ]
    middle, low, high = (one.percentile(0.99) for one in found)
    errors, held = [], 0
    for _ in range(trials):
        steps = [
            Step(str(index), MeasuredCurve({int(value): 1 for value in law(rng, SAMPLE) * 1e9}), 1.0, group)
            for index, group in enumerate(groups)
        ]
        total = StepSum(steps, 0.998)
        value = total.percentile(0.99)
        error = Z95 * total.deviation(value, [(step, SAMPLE) for step in steps])
        held += total.percentile(0.99 - error) <= true <= total.percentile(min(0.998, 0.99 + error))
        errors.append(abs(value / true - 1))
    return {
        "added up": float(3 * exact[2] / true - 1),
        "by percentiles": middle / true - 1,
        "interval low": low / true - 1,
        "interval high": high / true - 1,
        "by samples": statistics.median(errors),
        "held": held / trials,
    }


def main() -> int:
    """Print both tables; returns 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--trials", type=int, default=300, help="samples of each law (default: 300)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    caches = cache_errors()
    budgets = {name: budget_errors(law, options.trials) for name, law in LAWS.items()}
    missed = [name for name, error in caches.items() if abs(error) > (0.002 if _cached(name) >= 10 else 0.015)]
    missed += [name for name, one in budgets.items() if not 0.92 <= one["held"] <= 0.98]
    if options.json:
        print(json.dumps({"caches": caches, "budgets": budgets, "missed": missed}, indent=2))
        return int(bool(missed))
    for name, error in caches.items():
        print(f"{name:<44}{error:+.5f}")
    for name, one in budgets.items():
        print(f"{name:<14}" + "  ".join(f"{what} {value:+.3f}" for what, value in one.items()))
    print(f"missed: {', '.join(missed) or 'nothing'}")
    return int(bool(missed))


def _cached(name: str) -> int:
    return int(name.split()[-2])


if __name__ == "__main__":
    sys.exit(main())

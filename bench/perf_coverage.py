"""How often the intervals of the calculators hold the truth: seeded simulations at nominal 95 %.

`usl fit`: three systems with normal noise of a per cent of their peak or a few; a share from 93 to 97 % for each
coefficient and for the peak. `forecast runout`: series with a level, trend and season that wander; a share from 90 to
98 % of the values held back, two seasons ahead. Exit code 1 when a share lies outside.

    python bench/perf_coverage.py [--trials 4000] [--json]
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from typing import NamedTuple

from acolytes_perf.methods.forecasting import backtest
from acolytes_perf.methods.scalability import Law, fit

SCALABILITY, FORECAST = (0.93, 0.97), (0.90, 0.98)
#: A forecast's trial takes some fifty times as long as one of the law.
FEWER = 20


class System(NamedTuple):
    """A system that scales by the law, where it is measured, and the noise as a share of its highest throughput."""

    law: Law
    sizes: tuple[int, ...]
    noise: float


SYSTEMS = {
    "contention and coherency": System(Law(65, 0.027, 1e-4), (1, 2, 4, 8, 16, 32, 64, 96, 128), 0.01),
    "few points": System(Law(90, 0.028, 1e-4), (1, 18, 36, 72, 108, 144, 216), 0.02),
    "repeated points": System(Law(1000, 0.05, 2e-3), (1, 2, 4, 8, 12, 16, 24, 32) * 3, 0.03),
}


def scalability(system: System, trials: int, seed: int = 1) -> dict[str, float]:
    """Share of the trials in which each figure's interval holds its true value."""
    rng, law, peak = random.Random(seed), system.law, system.law.peak
    assert peak is not None
    noise = system.noise * law.at(peak)
    covered = dict.fromkeys((*Law._fields, "peak_size"), 0)
    for _ in range(trials):
        found = fit([(size, max(1e-9, law.at(size) + rng.gauss(0, noise))) for size in system.sizes])
        if found is None or found.law.peak is None:
            continue  # counts as not covered
        for name, estimate, true, reach in zip(Law._fields, found.law, law, found.reaches, strict=True):
            covered[name] += abs(estimate - true) <= reach
        covered["peak_size"] += abs(found.law.peak - peak) <= found.peak_reach
    return {name: count / trials for name, count in covered.items()}


def forecasts(season: int, method: str, trials: int, seed: int = 1) -> float:
    """Share of the values two seasons ahead that lie in their intervals, of series of ten seasons."""
    rng = random.Random(seed)
    return (
        sum(
            backtest(
                _series(rng, season, product=method == "multiplicative"), season, method, 2 * season, 300, trial
            ).coverage
            for trial in range(trials)
        )
        / trials
    )


def _series(rng: random.Random, season: int, *, product: bool) -> list[float]:
    level, trend, values = 500.0, 1.0, []
    figures = [math.sin(2 * math.pi * at / season) for at in range(season)]
    for at in range(10 * season):
        error = rng.gauss(0, 15)
        figure = figures[at % season]
        base = level + trend
        values.append(base * (1 + 0.12 * figure) * (1 + error / 500) if product else base + 60 * figure + error)
        level, trend = level + trend + 0.3 * error, trend + 0.02 * error
        figures[at % season] += 0.1 * error / 60
    return values


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a share is outside its limits."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=4000, help="simulations of each system (default: 4000)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    trials = max(options.trials, 100)
    low, high = SCALABILITY
    rows = {name: scalability(system, trials) for name, system in SYSTEMS.items()}
    missed = [f"{name}: {figure}" for name, row in rows.items() for figure in row if not low <= row[figure] <= high]
    ahead = {
        f"{method}, season {season}": forecasts(season, method, trials // FEWER)
        for season in (7, 12)
        for method in ("additive", "multiplicative")
    }
    missed += [name for name, share in ahead.items() if not FORECAST[0] <= share <= FORECAST[1]]
    if options.json:
        print(json.dumps({"trials": trials, "usl fit": rows, "forecast runout": ahead, "missed": missed}))
    else:
        print(f"usl fit: share of 95 % intervals that hold the truth, {trials} trials, {low:.0%} to {high:.0%}")
        for name, row in rows.items():
            print(f"{name:<26}" + ", ".join(f"{figure} {share:.1%}" for figure, share in row.items()))
        print(f"forecast runout: the same, {trials // FEWER} trials, {FORECAST[0]:.0%} to {FORECAST[1]:.0%}")
        for name, share in ahead.items():
            print(f"{name:<26}{share:.1%}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

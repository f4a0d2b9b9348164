"""How far `forecast runout` keeps its word: seeded simulations of series whose future is known.

Each series goes through the whole of it: steps of the level looked for, method and season chosen by rolling backtest,
intervals stretched. Measured are the share of the values two seasons ahead inside their 95 % intervals (90 to 98 %
over all kinds, and no kind under 80 %), the mean probability of exceeding a capacity against how often it happens (at
most .12 apart over all kinds), steps of the level seen where there is none (at most 5 % of the series over all kinds),
and those of six deviations that are found within three places (at least 80 %). Exit code 1 when one lies outside.

    python bench/perf_coverage_forecast.py [--trials 20] [--json]
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Callable
from typing import NamedTuple

from acolytes_perf.methods.forecasting import METHODS, exceedance_probabilities
from acolytes_perf.methods.level_shifts import find_level_shifts
from acolytes_perf.methods.model_selection import predict, select_model

COVERAGE, LEAST_OF_A_KIND, FALSE_STEPS, FOUND_STEPS, CALIBRATION = (0.90, 0.98), 0.80, 0.05, 0.8, 0.12
Make = Callable[[random.Random, int, int], list[float]]


class Kind(NamedTuple):
    """A kind of series: how it is made of a generator, a length and a season; and how many seasons are known."""

    make: Make
    season: int
    seasons: int


class Measured(NamedTuple):
    """Of one kind: coverage, predicted and observed share of series above a capacity, steps seen, naive chosen."""

    coverage: float
    predicted: float
    observed: float
    steps: float
    naive: float


def _figure(at: int, season: int) -> float:
    return math.sin(2 * math.pi * at / season) + 0.4 * math.cos(4 * math.pi * at / season) if season > 1 else 0.0


def wandering(rng: random.Random, count: int, season: int) -> list[float]:
    """A level, trend and season that wander, as Holt and Winters have it."""
    level, trend, values = 500.0, 1.0, []
    for at in range(count):
        error = rng.gauss(0, 15)
        values.append(level + trend + 60 * _figure(at, season) + error)
        level, trend = level + trend + 0.3 * error, trend + 0.02 * error
    return values


def growing(rng: random.Random, count: int, season: int) -> list[float]:
    """Growth in per cent, a season in proportion and errors in proportion."""
    return [300 * 1.004**at * (1 + 0.2 * _figure(at, season)) * math.exp(rng.gauss(0, 0.04)) for at in range(count)]


def steady(rng: random.Random, count: int, season: int) -> list[float]:
    """A straight line and a fixed season with independent errors."""
    return [400 + 0.8 * at + 50 * _figure(at, season) + rng.gauss(0, 12) for at in range(count)]


def scaling(rng: random.Random, count: int, season: int) -> list[float]:
    """A straight line, of which a fixed season is a share, and errors are, too."""
    return [(400 + 4 * at) * (1 + 0.2 * _figure(at, season)) * (1 + rng.gauss(0, 0.02)) for at in range(count)]


def correlated(rng: random.Random, count: int, season: int) -> list[float]:
    """The same with errors that follow each other (autoregressive, .6)."""
    error, values = 0.0, []
    for at in range(count):
        error = 0.6 * error + rng.gauss(0, 12)
        values.append(400 + 0.8 * at + 50 * _figure(at, season) + error)
    return values


def spiky(rng: random.Random, count: int, season: int) -> list[float]:
    """The same with heavy tails (Student, 3 degrees of freedom)."""
    return [
        400 + 0.8 * at + 50 * _figure(at, season) + 9 * rng.gauss(0, 1) / math.sqrt(rng.gammavariate(1.5, 2) / 3)
        for at in range(count)
    ]


def walking(rng: random.Random, count: int, season: int) -> list[float]:
    """A random walk with drift and a fixed season."""
    level, values = 600.0, []
    for at in range(count):
        level += 0.5 + rng.gauss(0, 6)
        values.append(level + 50 * _figure(at, season))
    return values


KINDS = {
    "wandering, season 7": Kind(wandering, 7, 12),
    "wandering, season 12": Kind(wandering, 12, 8),
    "growing, season 12": Kind(growing, 12, 8),
    "steady, season 7": Kind(steady, 7, 12),
    "steady, none": Kind(steady, 1, 60),
    "scaling, season 7": Kind(scaling, 7, 12),
    "scaling, season 12": Kind(scaling, 12, 4),
    "correlated, season 7": Kind(correlated, 7, 12),
    "correlated, season 24": Kind(correlated, 24, 10),
    "spiky, season 7": Kind(spiky, 7, 12),
    "walking, season 7": Kind(walking, 7, 12),
    "walking, none": Kind(walking, 1, 60),
}


def measured(kind: Kind, trials: int, seed: int = 1) -> Measured:
    """The figures of one kind."""
    rng, count = random.Random(seed), kind.season * kind.seasons
    ahead = max(2 * kind.season, 12)
    inside = steps = naive = above = 0
    chance = 0.0
    for trial in range(trials):
        series = kind.make(rng, count + ahead, kind.season)
        past, future = series[:count], series[count:]
        found = select_model(past, sorted({kind.season, 1}, reverse=True), METHODS, None, adjust_shifts=True)
        assert found is not None
        after = predict(found, ahead, trial)
        inside += sum(low <= value <= high for value, (low, high) in zip(future, after.intervals, strict=True))
        capacity = max(after.expected) + 0.1 * (max(past) - min(past))
        chance += exceedance_probabilities(after.paths, capacity)[-1]
        above += max(future) > capacity
        steps += bool(found.shifts)
        naive += found.best.method == "seasonal_naive"
    return Measured(inside / trials / ahead, chance / trials, above / trials, steps / trials, naive / trials)


def found_steps(trials: int, seed: int = 2) -> float:
    """Share of the steps of six deviations, at any place from a third to two thirds, found within three places."""
    rng, found = random.Random(seed), 0
    for _ in range(trials):
        values = steady(rng, 120, 7)
        place, size = rng.randrange(40, 80), rng.choice((-72, 72))
        values[place:] = [value + size for value in values[place:]]
        found += any(abs(shift.position - place) <= 3 for shift in find_level_shifts(values, 7))
    return found / trials


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a figure is outside its limits."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=20, help="series of each kind (default: 20)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    rows = {name: measured(kind, options.trials) for name, kind in KINDS.items()}
    total = Measured(*(sum(row[at] for row in rows.values()) / len(rows) for at in range(len(Measured._fields))))
    power = found_steps(options.trials)
    kept = {
        "coverage": COVERAGE[0] <= total.coverage <= COVERAGE[1],
        "coverage of each kind": min(row.coverage for row in rows.values()) >= LEAST_OF_A_KIND,
        "probability": abs(total.predicted - total.observed) <= CALIBRATION,
        "false steps": total.steps <= FALSE_STEPS,
        "steps found": power >= FOUND_STEPS,
    }
    if options.json:
        table = {name: row._asdict() for name, row in {**rows, "all": total}.items()}
        print(json.dumps({"trials": options.trials, "kinds": table, "steps_found": power, "kept": kept}))
    else:
        print(f"{'':<24}{'coverage':>10}{'predicted':>11}{'observed':>10}{'steps':>8}{'naive':>8}")
        for name, row in {**rows, "all": total}.items():
            print(f"{name:<24}{row[0]:>10.1%}{row[1]:>11.1%}{row[2]:>10.1%}{row[3]:>8.1%}{row[4]:>8.1%}")
        print(f"steps of six deviations found: {power:.1%}")
        print(", ".join(f"{name}: {'kept' if one else 'MISSED'}" for name, one in kept.items()))
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Checks the forecasts of `forecast runout` on simulated series with a known future.

Each series passes through all parts: search for level shifts, choice of method and season by rolling origins, scaled
intervals. These figures have limits; the exit code is 1 when one lies outside:

- coverage: share of the values two seasons ahead inside their 95 % intervals, 90 to 98 % over all kinds of series, and
  at least 80 % for each kind;
- calibration: mean predicted probability of exceeding a capacity against the observed share, at most .12 apart;
- false level shifts: in at most 5 % of the series;
- power: at least 80 % of the shifts by six standard deviations are found within three steps.

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

from acolytes_perf.methods.forecasting.forecasts import METHODS, exceedance_probabilities
from acolytes_perf.methods.forecasting.level_shifts import find_level_shifts
from acolytes_perf.methods.forecasting.model_selection import predict, select_model

COVERAGE, MIN_COVERAGE_OF_A_KIND, MAX_FALSE_SHIFTS, MIN_POWER, MAX_CALIBRATION_ERROR = (
    (0.90, 0.98),
    0.80,
    0.05,
    0.8,
    0.12,
)
Make = Callable[[random.Random, int, int], list[float]]


class Kind(NamedTuple):
    """A kind of series: the function that simulates it, steps in a season, and seasons in the history."""

    make: Make
    season: int
    seasons: int


class Figures(NamedTuple):
    """Coverage; predicted and observed share above a capacity; shares with a shift, and with a naive model."""

    coverage: float
    predicted: float
    observed: float
    shifts: float
    naive: float


def _figure(at: int, season: int) -> float:
    return math.sin(2 * math.pi * at / season) + 0.4 * math.cos(4 * math.pi * at / season) if season > 1 else 0.0


def wandering(rng: random.Random, count: int, season: int) -> list[float]:
    """Level, trend and season that drift, as in the model of Holt and Winters."""
    level, trend, values = 500.0, 1.0, []
    for at in range(count):
        error = rng.gauss(0, 15)
        values.append(level + trend + 60 * _figure(at, season) + error)
        level, trend = level + trend + 0.3 * error, trend + 0.02 * error
    return values


def growing(rng: random.Random, count: int, season: int) -> list[float]:
    """Exponential growth with a multiplicative season and relative errors."""
    return [300 * 1.004**at * (1 + 0.2 * _figure(at, season)) * math.exp(rng.gauss(0, 0.04)) for at in range(count)]


def steady(rng: random.Random, count: int, season: int) -> list[float]:
    """A straight line and a fixed season with independent errors."""
    return [400 + 0.8 * at + 50 * _figure(at, season) + rng.gauss(0, 12) for at in range(count)]


def scaling(rng: random.Random, count: int, season: int) -> list[float]:
    """A straight line with a multiplicative season and relative errors."""
    return [(400 + 4 * at) * (1 + 0.2 * _figure(at, season)) * (1 + rng.gauss(0, 0.02)) for at in range(count)]


def correlated(rng: random.Random, count: int, season: int) -> list[float]:
    """A straight line with autocorrelated errors (autoregressive of order 1, .6)."""
    error, values = 0.0, []
    for at in range(count):
        error = 0.6 * error + rng.gauss(0, 12)
        values.append(400 + 0.8 * at + 50 * _figure(at, season) + error)
    return values


def spiky(rng: random.Random, count: int, season: int) -> list[float]:
    """A straight line with heavy-tailed errors (Student's t with 3 degrees of freedom)."""
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


def measure(kind: Kind, trials: int, seed: int = 1) -> Figures:
    """The figures of one kind."""
    rng, count = random.Random(seed), kind.season * kind.seasons
    ahead = max(2 * kind.season, 12)
    inside = shifts = naive = above = 0
    predicted = 0.0
    for trial in range(trials):
        series = kind.make(rng, count + ahead, kind.season)
        past, future = series[:count], series[count:]
        selection = select_model(past, sorted({kind.season, 1}, reverse=True), METHODS, None, adjust_shifts=True)
        assert selection is not None
        prediction = predict(selection, ahead, trial)
        inside += sum(low <= value <= high for value, (low, high) in zip(future, prediction.intervals, strict=True))
        capacity = max(prediction.expected) + 0.1 * (max(past) - min(past))
        predicted += exceedance_probabilities(prediction.paths, capacity)[-1]
        above += max(future) > capacity
        shifts += bool(selection.shifts)
        naive += selection.best.method == "seasonal_naive"
    return Figures(inside / trials / ahead, predicted / trials, above / trials, shifts / trials, naive / trials)


def shift_power(trials: int, seed: int = 2) -> float:
    """Share of the level shifts by six standard deviations that are found within three steps."""
    rng, detected = random.Random(seed), 0
    for _ in range(trials):
        values = steady(rng, 120, 7)
        position, size = rng.randrange(40, 80), rng.choice((-72, 72))
        values[position:] = [value + size for value in values[position:]]
        detected += any(abs(shift.position - position) <= 3 for shift in find_level_shifts(values, 7))
    return detected / trials


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a figure is outside its limits."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=20, help="series of each kind (default: 20)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    rows = {name: measure(kind, options.trials) for name, kind in KINDS.items()}
    total = Figures(*(sum(row[index] for row in rows.values()) / len(rows) for index in range(len(Figures._fields))))
    power = shift_power(options.trials)
    kept = {
        "coverage": COVERAGE[0] <= total.coverage <= COVERAGE[1],
        "coverage of each kind": min(row.coverage for row in rows.values()) >= MIN_COVERAGE_OF_A_KIND,
        "probability": abs(total.predicted - total.observed) <= MAX_CALIBRATION_ERROR,
        "false shifts": total.shifts <= MAX_FALSE_SHIFTS,
        "shifts found": power >= MIN_POWER,
    }
    if options.json:
        table = {name: row._asdict() for name, row in {**rows, "all": total}.items()}
        print(json.dumps({"trials": options.trials, "kinds": table, "shifts_found": power, "kept": kept}))
    else:
        print(f"{'':<24}{'coverage':>10}{'predicted':>11}{'observed':>10}{'shifts':>8}{'naive':>8}")
        for name, row in {**rows, "all": total}.items():
            print(f"{name:<24}{row[0]:>10.1%}{row[1]:>11.1%}{row[2]:>10.1%}{row[3]:>8.1%}{row[4]:>8.1%}")
        print(f"shifts by six standard deviations found: {power:.1%}")
        print(", ".join(f"{name}: {'kept' if is_kept else 'MISSED'}" for name, is_kept in kept.items()))
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())

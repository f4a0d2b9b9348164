"""How often `changes` finds a change that is none, and how often one that is there, in seeded simulations.

Each series has 100 values with noise of 2 %. With `--otava` the same series go to Apache Otava with its defaults, in an
interpreter that has it (`pip install apache-otava`). The exit code is 1 when more than 5 % of the series without a
change show one under a promised kind of noise, or when less than 95 % of the steps of 5 % are found in independent
noise, within 5 values of their place.

    python bench/perf_coverage_changes.py [--trials 2000] [--otava /path/to/python] [--json]
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from acolytes_perf.methods.changes.series import find_changes
from acolytes_perf.methods.statistics.student_t import t_quantile

COUNT, NOISE, STEP, NEAR = 100, 0.02, 0.05, 5
MOST_FALSE, LEAST_FOUND = 0.05, 0.95
#: Steps in a season that are tried, as for values of a day each.
SEASONS = [7]
_OTAVA = """
import json, sys
from otava.analysis import compute_change_points
series = json.load(sys.stdin)
found = [[int(point.index) for point in compute_change_points(values)[0]] for values in series]
json.dump(found, sys.stdout)
"""


def independent(rng: random.Random, _: int) -> float:
    """Normal noise."""
    return rng.gauss(0, 1)


def skewed(rng: random.Random, _: int) -> float:
    """Exponential noise, which has a long upper tail."""
    return rng.expovariate(1) - 1


def heavy(rng: random.Random, _: int) -> float:
    """Student noise with three degrees of freedom, scaled to a standard deviation of 1."""
    return rng.gauss(0, 1) / math.sqrt(rng.gammavariate(1.5, 2))


def _autocorrelated(rest: float) -> Callable[[random.Random, int], Iterator[float]]:
    def values(rng: random.Random, count: int) -> Iterator[float]:
        value = rng.gauss(0, 1)
        for _ in range(count):
            yield value
            value = rest * value + math.sqrt(1 - rest * rest) * rng.gauss(0, 1)

    return values


def _each(draw: Callable[[random.Random, int], float]) -> Callable[[random.Random, int], Iterator[float]]:
    return lambda rng, count: (draw(rng, at) for at in range(count))


def spikes(rng: random.Random, count: int) -> Iterator[float]:
    """Normal noise; 3 % of the values are 30 % too high."""
    for _ in range(count):
        yield rng.gauss(0, 1) + (0.3 / NOISE if rng.random() < 0.03 else 0.0)


KINDS = {
    "independent": _each(independent),
    "3 % spikes": spikes,
    "autocorrelation 0.5": _autocorrelated(0.5),
    "autocorrelation 0.7": _autocorrelated(0.7),
    "exponential": _each(skewed),
    "Student, 3 degrees": _each(heavy),
}
#: The kinds of noise for which the false alarms are promised, and for which the found steps are.
PROMISED, STEP_PROMISED = ("independent", "3 % spikes", "autocorrelation 0.5"), ("independent",)
PLACES = (50, 25, 85)


class Share(NamedTuple):
    """One line of the table: a kind of noise, what was in the series, and the shares of both tools.

    `place` and `size` are the shares of the 95 % intervals that hold the truth.
    """

    noise: str
    step_at: int | None
    ours: float
    place: float | None
    size: float | None
    otava: float | None


def simulated(kind: str, step_at: int | None, trials: int) -> list[list[float]]:
    """Series around 100 of one kind, with a step of 5 % from a place on."""
    rng = random.Random(f"{kind} {step_at}")
    return [
        [
            100 * (1 + NOISE * noise + (STEP if step_at is not None and at >= step_at else 0.0))
            for at, noise in enumerate(KINDS[kind](rng, COUNT))
        ]
        for _ in range(trials)
    ]


def measured(kind: str, step_at: int | None, trials: int, otava: str | None) -> Share:
    """The share of series in which a change is found; with a step only within NEAR values of it."""
    series = simulated(kind, step_at, trials)
    found = places = sizes = 0
    for values in series:
        changes = find_changes(values, SEASONS, 5)
        near = [one for one in changes.segments.changes if step_at is None or abs(one.position - step_at) <= NEAR]
        found += bool(near)
        if near and step_at is not None:
            reach = t_quantile(0.975, changes.degrees_of_freedom) * near[0].error
            places += near[0].low <= step_at <= near[0].high
            sizes += abs(near[0].size - 100 * STEP) <= reach
    other = None
    if otava:
        child = subprocess.run(
            [otava, "-c", _OTAVA], input=json.dumps(series), capture_output=True, text=True, check=True
        )
        other = (
            sum(any(step_at is None or abs(at - step_at) <= NEAR for at in one) for one in json.loads(child.stdout))
            / trials
        )
    covered = [count / found if step_at is not None and found else None for count in (places, sizes)]
    return Share(kind, step_at, found / trials, covered[0], covered[1], other)


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a promise is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=2000, help="series of each kind (default: 2000)")
    parser.add_argument("--otava", metavar="PYTHON", help="an interpreter that has apache-otava")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    rows = [measured(kind, step_at, options.trials, options.otava) for kind in KINDS for step_at in (None, *PLACES)]
    missed = [
        f"{row.noise}, {row.step_at}: {row.ours:.1%}"
        for row in rows
        if (row.noise in PROMISED and row.step_at is None and row.ours > MOST_FALSE)
        or (row.noise in STEP_PROMISED and row.step_at is not None and row.ours < LEAST_FOUND)
    ]
    if options.json:
        print(json.dumps({"trials": options.trials, "rows": [row._asdict() for row in rows], "missed": missed}))
        return 1 if missed else 0
    print(f"{'noise':<22}{'step at':>8}{'changes':>10}{'place':>8}{'size':>8}{'otava':>8}")
    for row in rows:
        cells = [row.ours, row.place, row.size, row.otava]
        text = "".join(
            f"{'' if cell is None else f'{cell:.1%}':>{width}}"
            for cell, width in zip(cells, (10, 8, 8, 8), strict=True)
        )
        print(f"{row.noise:<22}{'none' if row.step_at is None else row.step_at:>8}{text}")
    print(*(f"missed: {text}" for text in missed), sep="\n", end="")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

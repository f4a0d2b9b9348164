"""How exact the calculators of money are: Monte-Carlo means, chosen sets and internal rates against other calculations.

Roadmaps with random, lopsided ranges: means against the exact ones, chances of a loss against a million draws by
numpy. Sets of measures with precedence against every set. Internal rates against numpy's roots of polynomials. The
exit code is 1 when a mean is off by 1 %, a chance by 1 percentage point, a set is not the best, rates differ, or
`roadmap rank` with 30 measures takes more than 2 s.

    python bench/perf_money.py [--roadmaps 100] [--cases 1000] [--json]
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import subprocess
import sys
import time

import numpy as np

from acolytes_perf.inputs.fields import Estimate
from acolytes_perf.methods.roadmap.best_set import best_set
from acolytes_perf.methods.roadmap.cash_flows import Flow, annuity_factor, internal_rates
from acolytes_perf.methods.roadmap.measures import Measure
from acolytes_perf.methods.roadmap.simulation import DRAWS, draw_roadmap, mean_value
from acolytes_perf.methods.statistics.three_points import DISTRIBUTIONS, PERT

NUMPY_DRAWS = 1_000_000
MOST = {"mean": 0.01, "loss": 0.01, "sets": 0, "rates": 0, "seconds": 2.0}


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and return 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--roadmaps", type=int, default=100, help="random roadmaps (default: 100)")
    parser.add_argument("--cases", type=int, default=1000, help="random sets and flows (default: 1000)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    mean, loss = draws(options.roadmaps)
    report = {
        "mean": mean, "loss": loss, "sets": wrong_sets(options.cases), "rates": wrong_rates(options.cases),
        "seconds": seconds_of_a_call(),
    }  # fmt: skip
    missed = [name for name, value in report.items() if value > MOST[name]]
    if options.json:
        print(json.dumps({**report, "missed": missed}))
    else:
        print(f"largest error of a mean, as a share of cost and gains: {mean:.2e}")
        print(f"largest difference of a chance of a loss:              {loss:.4f}")
        print(f"sets of {options.cases} that are not the best:               {report['sets']}")
        print(f"flows of {options.cases} with other rates than numpy:        {report['rates']}")
        print(f"`roadmap rank` with 30 measures and 18 weeks:          {report['seconds']:.2f} s")
    return 1 if missed else 0


def estimate(source: random.Random, scale: float) -> Estimate:
    """A range that is wide and lopsided, as people's are."""
    likely = source.uniform(0.2, 1) * scale
    return Estimate(likely * source.uniform(0.3, 1), likely, likely * source.uniform(1, 3))


def draws(count: int) -> tuple[float, float]:
    """The largest error of a mean, and of a chance of a loss, over random roadmaps."""
    source, rng = random.Random(1), np.random.default_rng(1)
    worst_mean = worst_loss = 0.0
    for number in range(count):
        distribution = DISTRIBUTIONS[number % 2]
        factor = annuity_factor(source.uniform(0, 0.2), source.randint(1, 8), 1.0)
        measures = [
            Measure(str(index), estimate(source, 100.0), estimate(source, 100 / factor), None, (), None, {})
            for index in range(source.randint(1, 8))
        ]
        roadmap = draw_roadmap(measures, [factor] * len(measures), distribution, DRAWS)
        for one, drawn in zip(measures, roadmap.values, strict=True):
            size = one.cost.value + one.gain.value * factor
            worst_mean = max(worst_mean, abs(drawn.mean - mean_value(one, factor, distribution)) / size)
        one, drawn = measures[0], roadmap.values[0]
        values = numpy_draws(rng, one.gain, distribution) * factor - numpy_draws(rng, one.cost, distribution)
        worst_loss = max(worst_loss, abs(drawn.loss - float((values < 0).mean())))
    return worst_mean, worst_loss


def numpy_draws(rng: np.random.Generator, values: Estimate, distribution: str) -> np.ndarray:
    """Draws of a figure by numpy's own generators."""
    low, likely, high = values
    if distribution != PERT:
        return rng.triangular(low, likely, high, NUMPY_DRAWS)
    width = high - low
    return low + width * rng.beta(1 + 4 * (likely - low) / width, 1 + 4 * (high - likely) / width, NUMPY_DRAWS)


def wrong_sets(count: int) -> int:
    """How many random sets with precedence are worth less than the best of all sets."""
    source, wrong = random.Random(2), 0
    for _ in range(count):
        size = source.randint(1, 10)
        values = [source.uniform(-20, 60) for _ in range(size)]
        work = [source.uniform(0, 12) for _ in range(size)]
        before = [[other for other in range(index) if source.random() < 0.15] for index in range(size)]
        limit = source.uniform(0, sum(work))
        found = sum(values[index] for index in best_set(values, work, limit, before))
        best = max(
            sum(values[index] for index in subset)
            for members in range(size + 1)
            for subset in itertools.combinations(range(size), members)
            if sum(work[index] for index in subset) <= limit
            and all(set(before[index]) <= set(subset) for index in subset)
        )
        wrong += abs(found - best) > 1e-9
    return wrong


def wrong_rates(count: int) -> int:
    """How many random flows have other internal rates than the roots that numpy finds."""
    source, wrong = random.Random(3), 0
    for _ in range(count):
        amounts = [source.choice([-1, 1]) * source.uniform(0.2, 100) for _ in range(source.randint(2, 10))]
        roots = [root for root in np.roots(list(reversed(amounts))) if root.real > 0]
        if any(1e-9 < abs(root.imag) < 1e-5 for root in roots):
            continue  # nearly a double root, which numpy cannot tell from none
        expected = sorted(1 / root.real - 1 for root in roots if abs(root.imag) <= 1e-9)
        expected = [rate for rate in expected if -0.9999 < rate < 1e6]
        found = internal_rates([Flow(index, amount) for index, amount in enumerate(amounts)])
        same = len(found) == len(expected) and np.allclose(found, expected, rtol=1e-6, atol=1e-8)
        wrong += not same
    return wrong


def seconds_of_a_call() -> float:
    """The time of `roadmap rank` from start to end; the shortest of three, since other programs disturb it."""
    source = random.Random(4)
    rows = []
    for index in range(30):
        cells = ["..".join(f"{value:.3f}" for value in estimate(source, scale)) for scale in (100.0, 60.0, 4.0)]
        rows.append(f"m{index}:{':'.join(cells)}" + (f":m{index - 1}" if index % 5 == 1 else ""))
    call = [sys.executable, "-m", "acolytes_perf", "roadmap", "rank", "--measures", ",".join(rows), "--years", "4"]
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([*call, "--rate", "8%", "--weeks", "18"], capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    sys.exit(main())

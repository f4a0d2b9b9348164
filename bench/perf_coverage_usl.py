"""How often the 95 % intervals of `usl fit` contain the true value, in seeded simulations.

Three systems with normal noise of a few per cent of their peak. The coverage of each parameter and of the peak must be
93 to 97 %; else the exit code is 1.

    python bench/perf_coverage_usl.py [--trials 4000] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from typing import NamedTuple

from acolytes_perf.methods.capacity.scalability import UslModel, fit_usl

LOW, HIGH = 0.93, 0.97


class System(NamedTuple):
    """A system that follows the law, the sizes it is measured at, and the noise over its highest throughput."""

    law: UslModel
    sizes: tuple[int, ...]
    noise: float


SYSTEMS = {
    "contention and coherency": System(UslModel(65, 0.027, 1e-4), (1, 2, 4, 8, 16, 32, 64, 96, 128), 0.01),
    "few points": System(UslModel(90, 0.028, 1e-4), (1, 18, 36, 72, 108, 144, 216), 0.02),
    "repeated points": System(UslModel(1000, 0.05, 2e-3), (1, 2, 4, 8, 12, 16, 24, 32) * 3, 0.03),
}


def scalability(system: System, trials: int, seed: int = 1) -> dict[str, float]:
    """Share of the trials in which the interval of each parameter contains its true value."""
    rng, law, peak = random.Random(seed), system.law, system.law.peak
    assert peak is not None
    noise = system.noise * law.throughput(peak)
    covered = dict.fromkeys((*UslModel._fields, "peak_size"), 0)
    for _ in range(trials):
        found = fit_usl([(size, max(1e-9, law.throughput(size) + rng.gauss(0, noise))) for size in system.sizes])
        if found is None or found.model.peak is None:
            continue  # counts as not covered
        for name, estimate, true, reach in zip(
            UslModel._fields, found.model, law, found.parameter_half_widths, strict=True
        ):
            covered[name] += abs(estimate - true) <= reach
        covered["peak_size"] += abs(found.model.peak - peak) <= found.peak_half_width
    return {name: count / trials for name, count in covered.items()}


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a share is outside its limits."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=4000, help="simulations of each system (default: 4000)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    trials = max(options.trials, 100)
    rows = {name: scalability(system, trials) for name, system in SYSTEMS.items()}
    missed = [f"{name}: {figure}" for name, row in rows.items() for figure in row if not LOW <= row[figure] <= HIGH]
    if options.json:
        print(json.dumps({"trials": trials, "usl fit": rows, "missed": missed}))
    else:
        print(f"usl fit: share of 95 % intervals that hold the truth, {trials} trials, {LOW:.0%} to {HIGH:.0%}")
        for name, row in rows.items():
            print(f"{name:<26}" + ", ".join(f"{figure} {share:.1%}" for figure, share in row.items()))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

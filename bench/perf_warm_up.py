"""How well `--warm-up auto` finds the end of a known warm-up: simulated runs, each by itself and four together.

    python bench/perf_warm_up.py [TRIALS]

It needs numpy, and takes about a second for each trial. The table has the median
and the range of 90 % of the found ends, in seconds, and how often nothing was found.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "helpers"))

from warm_up_simulation import NOISES, SHAPES, measure


def _cells(ends: Sequence[float]) -> str:
    low, middle, high = np.percentile(ends, [5, 50, 95])
    return f"{middle:.0f} ({low:.0f} to {high:.0f}) | {sum(not end for end in ends) / len(ends):.0%}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trials", nargs="?", type=int, default=100, help="runs of each kind (default: 100)")
    trials = parser.parse_args(arguments).trials
    print("| Latencies | Warm-up | One run | Nothing | Four runs | Nothing |\n| --- | --- | --- | --- | --- | --- |")
    for noise in NOISES:
        for shape, length in SHAPES:
            single, joint = measure(shape, length, noise, trials)
            print(f"| {noise} | {shape} {length or ''} | {_cells(single)} | {_cells(joint)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

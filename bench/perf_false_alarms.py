"""How often `results compare` calls identical systems different, and how often it detects a real change.

Each trial draws runs with a between-run deviation, of the same system on both sides; the alarms are counted, beside
those of a Mann-Whitney test that pools the requests of all runs, which is what many tools do.

    python bench/perf_false_alarms.py [--trials 20000] [--json]
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys

from acolytes_perf.methods.comparison.runs import compare_runs, sample_of

DEVIATION = 0.03
MOST_ALARMS = 0.05
#: Standard errors by which a measured share may exceed the true one.
SLACK = 2.0


def alarms(trials: int, runs: int, change: float = 0.0, seed: int = 1) -> float:
    """Share of the comparisons with a significant difference, when the candidate is larger by `change`."""
    rng = random.Random(seed)

    def side(shift: float) -> list[float]:
        return [100 * (1 + shift) * math.exp(rng.gauss(0, DEVIATION)) for _ in range(runs)]

    return sum(compare_runs(sample_of(side(0)), sample_of(side(change))).is_significant for _ in range(trials)) / trials


def pooled_alarms(trials: int, runs: int, requests: int = 400, seed: int = 2) -> float:
    """The same share for a Mann-Whitney test of all requests pooled."""
    rng = random.Random(seed)

    def side() -> list[float]:
        levels = [math.exp(rng.gauss(0, DEVIATION)) for _ in range(runs)]
        return [level * rng.lognormvariate(0, 0.15) for level in levels for _ in range(requests)]

    return sum(_mann_whitney(side(), side()) for _ in range(trials)) / trials


def _mann_whitney(one: list[float], other: list[float]) -> bool:
    """Whether the samples differ at a significance level of 5 %, by the normal approximation."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    total = sum(rank for rank, (_, side) in enumerate(ranked, 1) if side == 0)
    count, against = len(one), len(other)
    middle = count * (count + against + 1) / 2
    return abs(total - middle) > 1.959964 * math.sqrt(count * against * (count + against + 1) / 12)


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when there are too many false alarms."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=20_000, help="comparisons of each kind (default: 20000)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    trials = max(options.trials, 100)
    rows = []
    for runs in (2, 3, 5, 10):
        effect = compare_runs(*[sample_of([math.exp(DEVIATION * _unit(index, runs)) for index in range(runs)])] * 2)
        rows.append(
            {
                "runs": runs,
                "false_alarms": alarms(trials, runs),
                "finds_10_percent": alarms(trials, runs, change=0.1),
                "smallest_detectable": effect.detectable,
            }
        )
    pooled = pooled_alarms(max(50, trials // 200), 5)
    limit = MOST_ALARMS + SLACK * math.sqrt(MOST_ALARMS * (1 - MOST_ALARMS) / trials)
    missed = [row["runs"] for row in rows if row["false_alarms"] > limit]
    if options.json:
        print(json.dumps({"trials": trials, "deviation": DEVIATION, "rows": rows, "pooled": pooled, "missed": missed}))
    else:
        print(f"between-run deviation {DEVIATION:.0%}, {trials} trials, at most {MOST_ALARMS:.0%} false alarms")
        for row in rows:
            print(
                f"{row['runs']:>3} runs a side: {row['false_alarms']:.2%} false alarms, finds 10 % in "
                f"{row['finds_10_percent']:.1%}, smallest detectable {row['smallest_detectable']:.1%}"
            )
        print(f"pooled requests, 5 runs a side: {pooled:.0%} false alarms")
    return 1 if missed else 0


def _unit(index: int, runs: int) -> float:
    """Figures around 0 with a standard deviation of 1, half of them negative."""
    places = [index - (runs - 1) / 2 for index in range(runs)]
    return places[index] / math.sqrt(sum(place * place for place in places) / (runs - 1))


if __name__ == "__main__":
    sys.exit(main())

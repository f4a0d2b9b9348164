"""How often a comparison of all endpoints, and a budget, stop an unchanged release, and how often they find a change.

Each trial draws the runs of two releases: six endpoints, their percentiles by exact order statistics of lognormal
latencies, and their failures by counts. The runs vary by 2 or 3 %, all endpoints together (a busy machine) or each by
itself. The last rows promise nothing: they show how much fewer failures are found with fewer requests in a run.

    python bench/perf_gates.py [--trials 10000] [--json]
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "helpers"))
from gate_simulation import Outcome, Scenario, changed, fewer_requests, simulate, unchanged

MOST_ALARMS, LEAST_SLOWER, LEAST_FAILURES = 0.05, 0.9, 0.95
#: Standard errors by which a measured share may miss the promise.
SLACK = 2.0


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a promise is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=10_000, help="pairs of releases of each kind (default: 10000)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    trials = max(options.trials, 50)
    rows, missed = [], []
    for scenario in (*changed(), *unchanged(), *fewer_requests()):
        outcome = simulate(scenario, trials)
        rows.append({**scenario._asdict(), **outcome._asdict()})
        missed += [f"{scenario}: {text}" for text in _missed(scenario, outcome, trials)]
    if options.json:
        print(json.dumps({"trials": trials, "rows": rows, "missed": missed}))
    else:
        for row in rows:
            print("  ".join(f"{name} {value:.4g}" for name, value in row.items()))
        print(*(f"missed: {text}" for text in missed), sep="\n")
    return 1 if missed else 0


def _missed(scenario: Scenario, outcome: Outcome, trials: int) -> list[str]:
    def slack(share: float) -> float:
        return SLACK * math.sqrt(share * (1 - share) / trials)

    if scenario in unchanged():
        limit = MOST_ALARMS + slack(MOST_ALARMS)
        return [name for name in ("changed", "worse", "budget_failed") if getattr(outcome, name) > limit]
    if scenario in fewer_requests():
        return []
    if scenario.slower:
        least = dict.fromkeys(("found_slower", "budget_slower"), LEAST_SLOWER)
    else:
        least = dict.fromkeys(("found_failing", "budget_failing"), LEAST_FAILURES)
    return [name for name, share in least.items() if getattr(outcome, name) < share - slack(share)]


if __name__ == "__main__":
    sys.exit(main())

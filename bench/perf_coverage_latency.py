"""How often the interval of `latency ci` holds the true percentile, on response times of a queue (M/M/1).

The interval for independent requests stands beside it. The exit code is 1 when less than 85 % of the intervals of p99
hold at a utilisation of 0.8 with 10,000 requests, or when most of those runs are refused.

    python bench/perf_coverage_latency.py [--trials 400] [--json]
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from typing import NamedTuple

from acolytes_perf.methods.statistics.dependent_percentile import percentile_interval

SIZES = (10_000, 30_000)
UTILISATIONS = (0.0, 0.5, 0.8, 0.9)
SHARES = (0.5, 0.95, 0.99)
LEAST_COVERAGE, MOST_REFUSED = 0.85, 0.5


class Row(NamedTuple):
    """Shares of the runs; `covered` and `independent` are of those that are not refused, None where all are."""

    requests: int
    utilisation: float
    percentile: float
    covered: float | None
    independent: float | None
    refused: float
    inflation: float


def response_times(utilisation: float, count: int, rng: random.Random) -> list[float]:
    """Of one server in steady state, whose mean service time is 1; independent ones at utilisation 0."""
    wait, times = 0.0, []
    if rng.random() < utilisation:
        wait = rng.expovariate(1 - utilisation)
    for _ in range(count):
        service = rng.expovariate(1)
        times.append(wait + service)
        wait = max(0.0, wait + service - rng.expovariate(utilisation)) if utilisation else 0.0
    return times


def measured(requests: int, utilisation: float, share: float, trials: int) -> Row:
    """Both coverages over seeded runs."""
    rng = random.Random(f"{requests} {utilisation} {share}")
    truth = -math.log(1 - share) / (1 - utilisation)
    held = independent = refused = 0
    inflation = 0.0
    for _ in range(trials):
        values = response_times(utilisation, requests, rng)
        found = percentile_interval(values, share, 0.95)
        inflation += found.inflation / trials
        if found.low is None or found.high is None:
            refused += 1
            continue
        held += found.low <= truth <= found.high
        ranked, reach = sorted(values), 1.96 * math.sqrt(share * (1 - share) * requests)
        low, high = math.floor(share * requests - reach), math.ceil(share * requests + reach)
        independent += ranked[max(low, 1) - 1] <= truth <= ranked[min(high, requests - 1)]
    answered = trials - refused
    return Row(
        requests,
        utilisation,
        share,
        held / answered if answered else None,
        independent / answered if answered else None,
        refused / trials,
        inflation,
    )


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when the promise is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=400, help="runs of each kind (default: 400)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    rows = [
        measured(requests, utilisation, share, options.trials)
        for requests in SIZES
        for utilisation in UTILISATIONS
        for share in SHARES
    ]
    promised = next(row for row in rows if row[:3] == (10_000, 0.8, 0.99))
    is_kept = promised.refused <= MOST_REFUSED and (promised.covered or 0.0) >= LEAST_COVERAGE
    if options.json:
        print(json.dumps({"trials": options.trials, "rows": [row._asdict() for row in rows], "kept": is_kept}))
        return 0 if is_kept else 1
    print(f"{'requests':>8}{'utilisation':>13}{'':>7}{'covered':>9}{'independent':>13}{'refused':>9}{'inflation':>11}")
    for row in rows:
        shares = "".join(
            f"{'' if share is None else f'{share:.1%}':>{width}}"
            for share, width in ((row.covered, 9), (row.independent, 13), (row.refused, 9))
        )
        print(f"{row.requests:>8}{row.utilisation:>13}{f'p{100 * row.percentile:g}':>7}{shares}{row.inflation:>11.1f}")
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())

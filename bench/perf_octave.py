"""Compares the bottleneck commands and M/M/c with octave-queueing, an independent implementation, on random networks.

Needs `octave-cli` with the package queueing (Debian: octave-queueing). Prints for each kind of network the largest
difference, as a share of the larger number; `--write` renews the answers that the tests keep.

    python bench/perf_octave.py [--cases 200] [--write] [--json]
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "helpers"), str(ROOT / "scripts")]

from perf_octave import KINDS, apart, case, octave, ours  # noqa: E402  only on the path that is set above

KEPT = ROOT / "tests" / "perf" / "octave_queueing.json"
KEPT_CASES = 10
MOST_APART = 1e-11


def main(argv: list[str] | None = None) -> int:
    """Compare, print the table, and return 1 when a number differs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=200, help="networks of each kind (default: 200)")
    parser.add_argument("--write", action="store_true", help="renew the answers that the tests keep")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    worst, kept = {}, {}
    for kind in KINDS:
        cases = [case(kind, seed) for seed in range(max(options.cases, KEPT_CASES))]
        answers = octave(cases)
        worst[kind] = max(apart(ours(one), answer) for one, answer in zip(cases, answers, strict=True))
        pairs = zip(cases[:KEPT_CASES], answers[:KEPT_CASES], strict=True)
        kept[kind] = [{"figures": one.figures, "numbers": answer} for one, answer in pairs]
    if options.write:
        lines = [f'"{kind}": [\n' + ",\n".join(map(json.dumps, rows)) + "\n]" for kind, rows in kept.items()]
        KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    if options.json:
        print(json.dumps({"cases": options.cases, "largest_difference": worst}))
    else:
        for kind, difference in worst.items():
            print(f"{kind:<10}{difference:8.1e}{'  off' if difference > MOST_APART else ''}")
    return 1 if max(worst.values()) > MOST_APART else 0


if __name__ == "__main__":
    sys.exit(main())

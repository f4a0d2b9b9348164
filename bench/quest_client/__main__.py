"""What a quest costs and how fast it is in the real client, whose model is scripted: requests, push, breaks, questions.

python bench/quest_client [--only CASE] [--runs 50] [--kills 10] [--thinking 0.5] [--server] [--json]

Cases: requests (with the questions to the person), push, killed, note. Exit code 1 when a limit is missed. All of it
takes about ten minutes. The board is a file, or with --server on a PostgreSQL server of the bench's own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# in place of this folder: its modules are found as bench.quest_client
sys.path[:1] = [str(ROOT), str(ROOT / "tests" / "helpers"), str(ROOT / "scripts")]

from bench.figures import Row  # noqa: E402  found by that path
from bench.quest_client import asking, breaking, pushing  # noqa: E402
from bench.quest_client.ground import installations  # noqa: E402

CASES = ("requests", "push", "killed", "note")


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a limit is missed."""
    parser = argparse.ArgumentParser(prog="quest_client", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", action="append", choices=CASES, help="a case; may be given several times")
    parser.add_argument("--runs", type=int, default=50, help="answers pushed (default: 50)")
    parser.add_argument("--kills", type=int, default=10, help="clients killed (default: 10)")
    parser.add_argument("--thinking", type=float, default=0.5, help="seconds of a model's answer (default: 0.5)")
    parser.add_argument("--server", action="store_true", help="the board is on a PostgreSQL server")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    rows = []
    for row in _measure(options):
        rows.append(row)
        if not options.json:
            print(row.line(), flush=True)
    if options.json:
        print(json.dumps([{**asdict(row), "missed": row.missed} for row in rows]))
    return int(any(row.missed for row in rows))


def _measure(options: argparse.Namespace) -> Iterator[Row]:
    cases = options.only or CASES
    with installations(on_server=options.server) as made:
        if "requests" in cases:
            yield from asking.measure(made, options.thinking)
        if "push" in cases:
            yield from pushing.measure(made, options.runs)
        if "note" in cases:
            yield from breaking.noted(made, 20)
        if "killed" in cases:
            yield from breaking.killed(made, options.kills)


if __name__ == "__main__":
    sys.exit(main())

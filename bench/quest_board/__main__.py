"""How fast, how frugal and how terse the quest board is, beside its limits and the published package's scripts.

python bench/quest_board [--only CASE] [--rounds 20] [--wheel FILE | --alone] [--json]

Cases: start, wake, writers, old, output, idle, turns. Commands are compared with one start of
`python -c "import argparse, sqlite3"`; cases take turns, and medians are compared. All of it takes about five minutes,
most of which is waiting. Exit code 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:1] = [str(ROOT), str(ROOT / "scripts")]  # in place of this folder: its modules are found as bench.quest_board

from bench.figures import Row  # noqa: E402  found by that path
from bench.quest_board import growing, idling, printing, starting, turning, waking, writing  # noqa: E402
from bench.quest_board.ground import Ground  # noqa: E402
from bench.quest_board.published import Published, download  # noqa: E402

CASES = ("start", "wake", "writers", "old", "output", "idle", "turns")


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a limit is missed."""
    parser = argparse.ArgumentParser(prog="quest_board", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", action="append", choices=CASES, help="a case; may be given several times")
    parser.add_argument("--rounds", type=int, default=20, help="measurements of each command (default: 20)")
    parser.add_argument("--wakes", type=int, default=500, help="wakings measured, 300 or more (default: 500)")
    parser.add_argument("--monitors", type=int, default=500, help="idle monitors at once (default: 500)")
    parser.add_argument("--run", type=float, default=8.0, help="seconds of each of the writers' runs (default: 8)")
    parser.add_argument("--wheel", type=Path, help="the published package's wheel (default: fetched by pip)")
    parser.add_argument("--alone", action="store_true", help="leave the published package out")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        rows = _measure(Path(folder), options)
    missed = [row for row in rows if row.missed]
    if options.json:
        print(json.dumps({"rows": [asdict(row) for row in rows], "missed": [asdict(row) for row in missed]}))
    else:
        print("\n".join(row.line() for row in rows))
        print(f"{len(missed)} limits missed" if missed else "every limit is kept")
    return 1 if missed else 0


def _measure(folder: Path, options: argparse.Namespace) -> list[Row]:
    cases = options.only or CASES
    published = None
    if not options.alone and {"start", "old", "output"}.intersection(cases):
        published = Published(folder / "published", options.wheel or download(folder))
    waiting = idling.Waiting(Ground(folder / "waiting")) if "idle" in cases else None
    rows: list[Row] = []
    if "wake" in cases:
        rows += waking.measure(Ground(folder / "wake"), options.wakes)
    if "writers" in cases:
        rows += writing.measure(Ground(folder / "writers"), options.run)
    if "turns" in cases:
        rows += turning.measure(options.run)
    if "start" in cases:
        rows += starting.measure(Ground(folder / "start"), published, options.rounds)
    if "old" in cases:
        rows += growing.measure(folder / "old", published, options.rounds)
    if "output" in cases:
        rows += printing.measure(folder / "output", published)
    if waiting:
        rows += waiting.rows()
        rows += idling.many(Ground(folder / "many"), options.monitors)
    return rows


if __name__ == "__main__":
    sys.exit(main())

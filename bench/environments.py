"""Installs, uses and uninstalls the application in many environments, and prints what was seen as Markdown tables.

Each row has a HOME of its own. It needs a package index (or a mirror: PIP_INDEX_URL), and takes about half a minute a
row. A row that cannot be made here says so. The exit code is 1 when a row ends in another way than it should.
With --debian, Debian systems are made in DIR by debootstrap, which needs root. Systems that are there are used again.

    python bench/environments.py [--only WORD] [--debian DIR] [--json]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path[:1] = [str(Path(__file__).resolve().parents[1])]  # in place of this folder

from bench.environment_trials import machines, trial, ways  # noqa: E402  found by that path
from bench.environment_trials.debian import debian_systems  # noqa: E402
from bench.environment_trials.versions import make_versions  # noqa: E402


def main(argv: Sequence[str] | None = None) -> int:
    """Try each environment; returns 1 when one ends in another way than it should."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", metavar="WORD", help="only the rows whose name has this word")
    parser.add_argument("--debian", type=Path, metavar="DIR", help="also Debian systems, which are made in DIR")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="acolytes-environments-") as scratch:
        Path(scratch).chmod(0o755)
        environments = list(_environments(Path(scratch), options.only))
        if options.debian:
            environments += map(trial.tried, debian_systems(options.debian.resolve(), options.only))
        wanted = any(options.only in way.name for way in ways.WAYS)
        versions = make_versions(Path(scratch, "versions")) if wanted else None
        by_way = list(ways.tried_ways(Path(scratch, "ways"), versions, options.only)) if versions else []
    tables = ((trial.HEADINGS, environments), (ways.HEADINGS, by_way))
    if options.json:
        found = [(headings, row) for headings, rows in tables for row in rows]
        print(json.dumps([{**dict(zip(head, row.cells, strict=False)), "right": row.is_right} for head, row in found]))
    else:
        for headings, rows in tables:
            _print_table(headings, rows)
    return 0 if all(row.is_right for _, rows in tables for row in rows) else 1


def _environments(scratch: Path, only: str) -> Iterator[trial.Row]:
    for number, (name, make) in enumerate(machines.MACHINES.items()):
        if only in name:
            folder = scratch / str(number)
            folder.mkdir(mode=0o755)
            for environment in make(name, folder):
                yield trial.tried(environment)


def _print_table(headings: Sequence[str], rows: Sequence[trial.Row]) -> None:
    if not rows:
        return
    print("| " + " | ".join(headings) + " |\n" + "|---" * len(headings) + "|")
    for row in rows:
        cells = [cell.replace("|", "\\|") for cell in row.cells] + [""] * (len(headings) - len(row.cells))
        print("| " + " | ".join(cells) + ("" if row.is_right else " **not as it should be**") + " |")
    print()


if __name__ == "__main__":
    sys.exit(main())

"""How often each linter agrees with the real client: a table of what it says of projects whose fate is known.

`tests/lint/data/client-ground-truth.json` holds them, and what the client did with each: DROP (not loaded), CHANGE
(loaded, but something declared is not honoured), OK (works as written). A linter is right when it reports what is
dropped or changed, and has no error where all is well. What it also says of a plain definition that works (such as
"body too short") is left out, for it tells nothing.

    python bench/lint_truth.py [--others FOLDER] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]
from bench.lint import install  # noqa: E402 - found only now

from lint_accuracy import projects, write_project  # noqa: E402 - the tests' own reader of the projects

OURS = "acolytes"
CLASSES = ("DROP", "CHANGE", "OK")
PLAIN = {
    "id": "plain",
    "class": "OK",
    "files": {
        ".claude/agents/probe-agent.md": "---\nname: probe-agent\ndescription: A probe agent\n---\n\nYou are a probe.\n"
    },
}
# how each writes an error or a warning, and of which sort
FINDING = {
    OURS: r": (?P<level>error|warning) (?P<sort>ACO\d+) ",
    "cclint": r"^ +(?P<level>[✗⚠]) (?P<sort>.+)",
    "claude-code-lint": r"^ +\d+ +(?P<level>error|warning) .* (?P<sort>[\w-]+)$",
    "skilllint": r"(?P<level>[❌⚠]) \[(?P<sort>[A-Z]+\d+)\]",
    "agnix": r":\d+:\d+ (?P<level>error|warning): (?P<sort>.+)",
}
ERRORS = {"error", "✗", "❌"}
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
_PATIENCE_SECONDS = 60


class Said(NamedTuple):
    """The sorts of errors and of warnings that a linter reports of a project."""

    errors: frozenset[str]
    warnings: frozenset[str]


def main(argv: list[str] | None = None) -> int:
    """Run every linter on every project and print the table; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--others", type=Path, help="where the other linters are installed, or are to be")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        commands = {OURS: [sys.executable, "-m", "acolytes_cc", "lint", ".", "--format", "concise", "--no-cache"]}
        commands |= install(options.others or folder / "others")
        told = {name: _counted(name, command, folder) for name, command in commands.items()}
    if options.json:
        print(json.dumps(told))
        return 0
    totals = Counter(project["class"] for project in projects())
    print(f"{'':<18}" + "".join(f"{f'{name} ({totals[name]})':>24}" for name in CLASSES))
    for name, counts in told.items():
        columns = (f"{counts[each]['reported']} ({counts[each]['errors']} as errors)" for each in CLASSES)
        print(f"{name:<18}" + "".join(f"{column:>24}" for column in columns))
    return 0


def _counted(name: str, command: Sequence[str], folder: Path) -> dict[str, dict[str, int]]:
    """Of how many projects of each class a linter reports anything, and anything as an error."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    given = [PLAIN, *projects()]
    places = [write_project(project, folder / name / project["id"]) for project in given]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        plain, *said = pool.map(lambda place: _said(name, command, place, home), places)
    counts = {each: {"reported": 0, "errors": 0} for each in CLASSES}
    usual = plain.errors | plain.warnings
    for project, (errors, warnings) in zip(given[1:], said, strict=True):
        counts[project["class"]]["errors"] += bool(errors - usual)
        counts[project["class"]]["reported"] += bool((errors | warnings) - usual)
    return counts


def _said(name: str, command: Sequence[str], place: Path, home: Path) -> Said:
    environ = {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "COLUMNS": "1000"}
    try:
        done = subprocess.run(
            command,
            cwd=place,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Said(frozenset(), frozenset())
    text = _COLOUR.sub("", done.stdout.decode("utf-8", "replace"))
    found = [(hit["level"] in ERRORS, hit["sort"]) for hit in re.finditer(FINDING[name], text, re.MULTILINE)]
    return Said(
        frozenset(sort for is_error, sort in found if is_error),
        frozenset(sort for is_error, sort in found if not is_error),
    )


if __name__ == "__main__":
    sys.exit(main())

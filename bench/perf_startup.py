"""What a calculation costs beyond its arithmetic: the start of each calculator, and what an installation takes.

Every calculator prints its help, and then runs its own example, taking turns with an interpreter that does nothing;
ratios are those of the medians. The limit is on the start, which the help stands for. `--install` makes
a fresh environment with the default dependencies, too, which needs the package index.

    python bench/perf_startup.py [--rounds 11] [--install] [--json]
"""

from __future__ import annotations

import argparse
import json
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from acolytes_perf import commands
from acolytes_perf.outputs.command_line import call as command_line

ROOT = Path(__file__).resolve().parent.parent
BARE = "an interpreter that does nothing"
MOST = 4.0


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a calculator misses the limit."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=11, help="measurements of each case (default: 11)")
    parser.add_argument("--install", action="store_true", help="time and measure an installation, too")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    medians = _measure(max(options.rounds, 1))
    start, whole = (
        {name: medians[f"{name} {words}"] / medians[BARE] for name in commands.names()}
        for words in ("--help", "example")
    )
    missed = [name for name, ratio in start.items() if ratio > MOST]
    report: dict[str, object] = {"bare_seconds": medians[BARE], "start": start, "example": whole, "missed": missed}
    if options.install:
        report["install"] = _install()
    if options.json:
        print(json.dumps(report))
        return 1 if missed else 0
    print(f"{BARE}: {medians[BARE] * 1000:.0f} ms; a start takes at most {MOST:g} of these")
    print(f"{'':<20}{'start':>8}{'example':>10}")
    for name, ratio in start.items():
        print(f"{name:<20}{ratio:8.2f}{whole[name]:10.2f}{'  missed' if name in missed else ''}")
    if options.install:
        print("installation: {seconds:.0f} s, {megabytes:.0f} MB".format(**report["install"]))  # type: ignore[arg-type]
    return 1 if missed else 0


def _measure(rounds: int) -> dict[str, float]:
    interpreter = [sys.executable, "-I"]
    calls = {BARE: [*interpreter, "-c", "pass"]}
    for name in commands.names():
        command = commands.load(name)
        words = shlex.split(command_line(command.name, command.example))
        calls[f"{name} example"] = [*interpreter, "-m", "acolytes_perf", *words[1:]]
        calls[f"{name} --help"] = [*interpreter, "-m", "acolytes_perf", *name.split(), "--help"]
    times: dict[str, list[float]] = {case: [] for case in calls}
    for number in range(rounds + 1):
        for case, call in calls.items():
            start = time.perf_counter()
            done = subprocess.run(call, capture_output=True, check=False)
            if number:  # the first fills caches
                times[case].append(time.perf_counter() - start)
            if done.returncode > 1:
                raise SystemExit(f"{case} failed: {done.stderr.decode()}")
    return {case: statistics.median(seconds) for case, seconds in times.items()}


def _install() -> dict[str, float]:
    """The time of `pip install` of this project into an empty environment, and what that then holds beyond pip."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        empty = _megabytes(Path(folder))
        start = time.perf_counter()
        command = [f"{folder}/bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check", str(ROOT)]
        subprocess.run(command, check=True)
        return {"seconds": time.perf_counter() - start, "megabytes": _megabytes(Path(folder)) - empty}


def _megabytes(folder: Path) -> float:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_symlink()) / 1e6


if __name__ == "__main__":
    sys.exit(main())

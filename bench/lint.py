"""How fast the linter is: files a second on 60 and on 5,000 definitions, cold and cached, beside other linters.

The definitions are the 60 of the published package `acolytes` 2.1.2 (its wheel is downloaded, never installed), copied
with new names. "Frontmatter" leaves out the rules that read the bodies, which most other linters do not read. These
are installed into a scratch folder, where npm and pip can; one that takes longer than the patience counts as that slow,
and one whose output does not name the files as not checking. Everything runs in one go on one machine; ratios are of
medians.

    python bench/lint.py [--rounds 3] [--wheel FILE] [--others FOLDER | --alone] [--patience 120] [--json]
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from pathlib import Path

from lint_runs import Run, download, read_originals, run_program  # type: ignore[import-not-found]

SIZES = (60, 5_000)
# what is installed for each, and how it is called in the project's folder
NPM = {
    "cclint": ("@carlrannaberg/cclint@0.2.10", ["node_modules/.bin/cclint", "agents"]),
    "claude-code-lint": (
        "claude-code-lint@0.5.0",
        ["node_modules/.bin/claudelint", "validate-agents", "--no-collapse"],
    ),
}
PIP = {
    "skilllint": ("skilllint==1.21.4", ["venv/bin/skilllint", "check", "."]),
    "agnix": ("agnix==0.59.3", ["venv/bin/agnix", "."]),
}
TARGETS = {"acolytes, cold": 1.2, "acolytes, cached": 10.0, "frontmatter, cold": 1.5}
ONE_FILE_TARGET = 3.0
MEMORY_TARGET = 2.0  # at 5,000 files, in that at 60


OURS = {
    "acolytes, cold": [],
    "acolytes, cached": [],
    "frontmatter, cold": ["--no-cache", "--select", "ACO0,ACO1,ACO2"],
}


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each case (default: 3)")
    parser.add_argument("--wheel", type=Path, help="the package's wheel, if it is here already")
    parser.add_argument("--others", type=Path, help="where the other linters are installed, or are to be")
    parser.add_argument("--alone", action="store_true", help="measure no other linter")
    parser.add_argument("--patience", type=float, default=120, help="seconds for one run of another (default: 120)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        originals = read_originals(options.wheel or download(folder))
        projects = {size: _project(folder / str(size), originals, size) for size in SIZES}
        others = {} if options.alone else install(options.others or folder / "others")
        rates, memory = _rates(projects, others, max(options.rounds, 1), options.patience, folder)
        one_file = _one_file(projects[60], folder)
    fastest = max((rates[name][5_000] for name in others), default=0)
    ratios = {"one cached file, in starts of the interpreter": (one_file, ONE_FILE_TARGET, False)}
    grown = memory["acolytes, cold"][5_000] / memory["acolytes, cold"][60]
    ratios["acolytes, cold, memory at 5,000 files, in that at 60"] = (grown, MEMORY_TARGET, False)
    for name, target in TARGETS.items() if fastest else ():
        ratios[f"{name}, 5,000 files, in the fastest other"] = (rates[name][5_000] / fastest, target, True)
    missed = [name for name, (ratio, target, least) in ratios.items() if (ratio < target) == least]
    if options.json:
        print(json.dumps({"files_a_second": rates, "megabytes": memory, "ratios": ratios, "missed": missed}))
        return 1 if missed else 0
    for name, by_size in rates.items():
        rates_by_size = ", ".join(
            f"{rate:,.0f} at {size:,} ({memory[name][size]:.0f} MB)" for size, rate in by_size.items()
        )
        print(f"{name:<18}files a second: {rates_by_size}")
    for name, (ratio, target, least) in ratios.items():
        print(f"{name}: {ratio:.2f}, at {'least' if least else 'most'} {target}")
    return 1 if missed else 0


def _project(folder: Path, originals: Mapping[str, bytes], size: int) -> Path:
    agents = folder / ".claude" / "agents"
    agents.mkdir(parents=True)
    stems = list(originals)
    for number in range(size):
        stem, copy = stems[number % len(stems)], number // len(stems)
        name = f"{stem}-{copy}" if copy else stem
        text = originals[stem].replace(f"name: {stem}".encode(), f"name: {name}".encode(), 1)
        (agents / f"{name}.md").write_bytes(text)
    return folder


def install(folder: Path) -> dict[str, list[str]]:
    """The other linters that can be installed, by name, with their commands."""
    folder.mkdir(exist_ok=True)
    if shutil.which("npm"):
        for package, command in NPM.values():
            if not (folder / command[0]).exists():
                subprocess.run(["npm", "install", "--silent", "--prefix", folder, package], check=False)
    for package, command in PIP.values():
        if not (folder / command[0]).exists():
            if not (folder / "venv").exists():
                venv.create(folder / "venv", with_pip=True)
            pip = [str(folder / "venv" / "bin" / "pip"), "install", "-q", package]
            subprocess.run(pip, check=False, stderr=subprocess.DEVNULL)
    commands = {name: command for name, (_, command) in (NPM | PIP).items()}
    return {
        name: [str(folder.absolute() / program), *rest]
        for name, (program, *rest) in commands.items()
        if (folder / program).exists()
    }


def _rates(
    projects: Mapping[int, Path], others: Mapping[str, list[str]], rounds: int, patience: float, folder: Path
) -> tuple[dict[str, dict[int, float]], dict[str, dict[int, float]]]:
    """Files a second and megabytes of each linter, by the number of files; 0 for one that does not check them."""
    # the usual text names a few files of each cause; a run counts only if it names them all
    lint = [sys.executable, "-m", "acolytes_cc", "lint", ".", "--format", "concise"]
    commands = {**{name: [*lint, *options] for name, options in OURS.items()}, **others}
    rates: dict[str, dict[int, float]] = {name: {} for name in commands}
    memory: dict[str, dict[int, float]] = {name: {} for name in commands}
    for size, project in projects.items():
        runs: dict[str, list[Run]] = {name: [] for name in commands}
        for _ in range(rounds):
            shutil.rmtree(folder / "cache", ignore_errors=True)
            for name, command in commands.items():
                if not runs[name] or runs[name][0].seconds < patience / rounds:  # once is enough of what takes minutes
                    runs[name].append(run_program(command, project, folder, patience))
        for name, measured in runs.items():
            checked = all(run.named > size * 0.9 or run.seconds >= patience for run in measured)
            rates[name][size] = size / statistics.median(run.seconds for run in measured) if checked else 0
            memory[name][size] = max(run.megabytes for run in measured)
    return rates, memory


def _one_file(project: Path, folder: Path) -> float:
    """One cached file, against a start of the interpreter that does nothing."""
    file = str(next((project / ".claude" / "agents").iterdir()))
    lint = [sys.executable, "-m", "acolytes_cc", "lint", file]
    bare = [sys.executable, "-c", "pass"]
    times: dict[str, list[float]] = {"lint": [], "bare": []}
    for _ in range(21):
        times["lint"].append(run_program(lint, project, folder, 60).seconds)
        times["bare"].append(run_program(bare, project, folder, 60).seconds)
    return statistics.median(times["lint"][1:]) / statistics.median(times["bare"][1:])


if __name__ == "__main__":
    sys.exit(main())

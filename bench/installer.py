"""What the installer adds to copier: an install of 60 agents, and an update that has nothing to do.

The agents are those of the published package `acolytes` 2.1.2; its wheel is downloaded, never installed. Each round
runs every case once, in turn, so that a noisy machine disturbs all of them alike; ratios are those of the medians.

    python bench/installer.py [--rounds 9] [--wheel FILE] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

PACKAGE = "acolytes==2.1.2"
AGENTS = "acolytes/data/agents/"
# as in agent_templates/copier.yml: copier's own delimiters occur literally in these agents
COPIER = """\
_envops: {block_start_string: "<@%", block_end_string: "%@>", variable_start_string: "<@", variable_end_string: "@>",
  comment_start_string: "<@#", comment_end_string: "#@>", keep_trailing_newline: true}
_templates_suffix: .jinja
"""
CASES = {
    "install of 60 agents": ("run_copy of the same", 1.3),
    "update without news": ("import copier", 0.5),
}


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="measurements of each case (default: 9)")
    parser.add_argument("--wheel", help="the package's wheel, if it is here already")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        template = _template(Path(options.wheel) if options.wheel else _download(Path(folder)), Path(folder))
        medians = _measure(max(options.rounds, 1), template, Path(folder))
    rows: dict[str, dict[str, Any]] = {
        case: {"seconds": medians[case], "base": base, "ratio": medians[case] / medians[base], "target": target}
        for case, (base, target) in CASES.items()
    }
    missed = [case for case, row in rows.items() if row["ratio"] > row["target"]]
    if options.json:
        print(json.dumps({"rounds": options.rounds, "seconds": medians, "cases": rows, "missed": missed}))
    else:
        for case, row in rows.items():
            base = f"{row['base']} {medians[row['base']] * 1000:.0f} ms"
            print(
                f"{case:<22}{row['seconds'] * 1000:6.0f} ms; {base}; ratio {row['ratio']:.2f}, at most {row['target']}"
            )
    return 1 if missed else 0


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), PACKAGE]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def _template(wheel: Path, folder: Path) -> Path:
    template = folder / "template"
    (template / "agents").mkdir(parents=True)
    (template / "copier.yml").write_text(COPIER)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(AGENTS) and name.endswith(".md"):
                (template / "agents" / f"{name.removeprefix(AGENTS)}.jinja").write_bytes(archive.read(name))
    return template


def _measure(rounds: int, template: Path, folder: Path) -> dict[str, float]:
    home = folder / "home"
    home.mkdir()
    environ = {"HOME": str(home), "PATH": os.environ["PATH"], "XDG_DATA_HOME": str(home / "data")}
    many, ours = folder / "many", folder / "ours"
    acolytes = [sys.executable, "-m", "acolytes_cc"]
    subprocess.run([*acolytes, "install", "--yes", "--target", ours], env=environ, check=True, capture_output=True)
    copy = "import sys; from copier import run_copy; run_copy(*sys.argv[1:], defaults=True, quiet=True)"
    commands: dict[str, list[str | Path]] = {
        "run_copy of the same": [sys.executable, "-c", copy, template, many],
        "install of 60 agents": [*acolytes, "install", "--yes", "--templates", template, "--target", many],
        "import copier": [sys.executable, "-c", "import copier"],
        "update without news": [*acolytes, "update", "--yes", "--target", ours],
    }
    times: dict[str, list[float]] = {case: [] for case in commands}
    for round_number in range(rounds + 1):
        for case, command in commands.items():
            shutil.rmtree(many, ignore_errors=True)
            start = time.perf_counter()
            subprocess.run(command, env=environ, check=True, capture_output=True)
            if round_number:  # the first fills caches
                times[case].append(time.perf_counter() - start)
            if "60" in case and len(list((many / "agents").iterdir())) != 60:
                raise SystemExit("the install did not bring 60 agents")
    return {case: statistics.median(seconds) for case, seconds in times.items()}


if __name__ == "__main__":
    sys.exit(main())

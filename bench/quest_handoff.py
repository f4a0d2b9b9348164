"""How long a hand-off takes: from starting `quest_message` to a blocked `quest_monitor` having printed and exited.

Each round measures every case once, in turn, so that a noisy machine disturbs all of them alike; medians are compared
with one start of `python -c "import argparse, sqlite3"`, the least that any such command must do.

    python bench/quest_handoff.py [--rounds 20] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts" / "acolytes_quest"
TARGETS = {"hand-off": 2.0, "status": 1.6}


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20, help="measurements of each case (default: 20)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        medians = _measure(max(options.rounds, 1), Path(folder))
    base = medians["base"]
    rows = {
        case: {"seconds": medians[case], "ratio": medians[case] / base, "target": target}
        for case, target in TARGETS.items()
    }
    missed = [case for case, row in rows.items() if row["ratio"] > row["target"]]
    if options.json:
        print(json.dumps({"rounds": options.rounds, "base_seconds": base, "cases": rows, "missed": missed}))
    else:
        print(f"base: {base * 1000:.1f} ms (python -c 'import argparse, sqlite3'), median of {options.rounds}")
        for case, row in rows.items():
            print(f"{case:<10}{row['seconds'] * 1000:8.1f} ms  ratio {row['ratio']:.2f}, at most {row['target']}")
    return 1 if missed else 0


def _measure(rounds: int, folder: Path) -> dict[str, float]:
    environ = {**os.environ, "ACOLYTES_QUEST_DB": str(folder / "quests.db")}
    quest = _run(_script("create", "--mission", "bench", "--agents", "w1"), environ)[1].strip()
    base = [_interpreter(), "-c", "import argparse, sqlite3"]
    status = _script("status", "--quest", quest)
    times: dict[str, list[float]] = {"base": [], "hand-off": [], "status": []}
    for round_number in range(rounds + 1):
        found = {
            "base": _run(base, environ)[0],
            "hand-off": _hand_off(quest, environ),
            "status": _run(status, environ)[0],
        }
        if round_number:  # the first fills caches
            for case, seconds in found.items():
                times[case].append(seconds)
    return {case: statistics.median(seconds) for case, seconds in times.items()}


def _hand_off(quest: str, environ: dict[str, str]) -> float:
    bells = Path(environ["ACOLYTES_QUEST_DB"] + "-bells")
    monitor = subprocess.Popen(
        _script("monitor", "--role", "worker", "--agent", "w1"), env=environ, stdout=subprocess.PIPE, text=True
    )
    while not bells.is_dir() or not any(bells.iterdir()):
        time.sleep(0.005)
    time.sleep(0.1)  # from hanging the bell up to being asleep
    start = time.perf_counter()
    sender = subprocess.Popen(
        _script("message", "--quest", quest, "--to", "w1", "--msg", "go"), env=environ, stdout=subprocess.DEVNULL
    )
    printed, _ = monitor.communicate(timeout=30)
    seconds = time.perf_counter() - start
    if sender.wait() or "turn" not in printed:
        raise SystemExit(f"the hand-off failed: {printed!r}")
    _run(_script("respond", "--quest", quest, "--msg", "done"), environ)
    return seconds


def _run(command: list[str], environ: dict[str, str]) -> tuple[float, str]:
    start = time.perf_counter()
    done = subprocess.run(command, env=environ, check=True, capture_output=True, text=True)
    return time.perf_counter() - start, done.stdout


def _script(verb: str, *arguments: str) -> list[str]:
    return [_interpreter(), "-I", "-S", str(SCRIPTS / f"quest_{verb}.py"), *arguments]


def _interpreter() -> str:
    """Return the base interpreter, which runs the scripts where they are installed."""
    return os.path.realpath(sys.executable)


if __name__ == "__main__":
    sys.exit(main())

"""The parts that the cases share: a scratch board, the commands as agents run them, statistics."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts" / "acolytes_quest"
# The base interpreter, which runs the scripts where they are installed.
PYTHON = os.path.realpath(sys.executable)
BASE = [PYTHON, "-c", "import argparse, sqlite3"]  # the least that any command of a board must do


class Ground:
    """A folder with a board and one quest. With `environ`, every command uses that board."""

    def __init__(self, folder: Path, agents: str = "w1") -> None:
        folder.mkdir()
        self.folder = folder
        self.board = folder / "quests.db"
        self.environ = scratch_environ(folder)
        self.environ["ACOLYTES_QUEST_DB"] = str(self.board)
        self.quest = self.run("create", "--mission", "bench", "--agents", agents).strip()

    def run(self, verb: str, *words: str) -> str:
        """Run a script to its end; return what it printed."""
        return printed(script(verb, *words), self.environ, self.folder)

    def start(self, verb: str, *words: str, heard: bool = True) -> subprocess.Popen[str]:
        """Start a script; keep its output if `heard` is set."""
        out = subprocess.PIPE if heard else subprocess.DEVNULL
        return subprocess.Popen(script(verb, *words), env=self.environ, cwd=self.folder, stdout=out, text=True)

    def listening(self) -> int:
        """Return how many processes wait on the board."""
        bells = Path(f"{self.board}-bells")
        return len(os.listdir(bells)) if bells.is_dir() else 0


def scratch_environ(folder: Path) -> dict[str, str]:
    """Return an environment without any settings of the user's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ACOLYTES", "CLAUDE"))}
    return {**kept, "HOME": str(folder / "home")}


def script(verb: str, *words: str) -> list[str]:
    """Return the command line of a verb's script, as an installed one is called."""
    return [PYTHON, "-I", "-S", str(SCRIPTS / f"quest_{verb}.py"), *words]


def printed(command: list[str], environ: Mapping[str, str], folder: Path) -> str:
    """Run a command to its end; return what it printed. SystemExit when it fails."""
    done = subprocess.run(command, env=environ, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}: {done.stderr}")
    return done.stdout


def until(condition: Callable[[], bool], patience: float = 120.0) -> None:
    """Wait until the condition holds. SystemExit after `patience` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("a process of the bench did not get ready in time")
        time.sleep(0.005)


def in_turn(cases: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Return each case's median. The cases take turns, in a new order each round; the first round fills caches."""
    measured: dict[str, list[float]] = {case: [] for case in cases}
    for number in range(rounds + 1):
        for case, measure in random.sample(list(cases.items()), len(cases)):
            value = measure()
            if number:
                measured[case].append(value)
    return {case: statistics.median(values) for case, values in measured.items()}


def seconds(command: list[str], environ: Mapping[str, str], folder: Path) -> float:
    """Return how long a command takes from its start to its end."""
    start = time.perf_counter()
    subprocess.run(command, env=environ, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - start

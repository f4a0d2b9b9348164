"""One environment: install by bootstrap.py, check, calculate, uninstall, and look at what is left."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
BOOTSTRAP = str(ROOT / "installer/bootstrap.py")
CALCULATION = ("queue", "size", "--arrival-rate", "100/s", "--service-time", "80ms", "--max-utilisation", "70%")


class Environment(NamedTuple):
    """One row: where and how to install."""

    name: str
    home: Path
    """HOME, as the programs see it"""
    variables: Mapping[str, str] = MappingProxyType({})
    python: str = sys.executable
    options: tuple[str, ...] = ()
    wrapper: tuple[str, ...] = ()
    """a command that runs the command after it"""
    is_refused: bool = False
    missing: str = ""
    """what this machine lacks to make the environment"""

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in this environment, without the variables of whoever runs this bench."""
        return run((*self.wrapper, *command), {"HOME": str(self.home), **self.variables})

    def files(self) -> set[str]:
        """What is in HOME; .rustup is what pip's question for a compiler's version leaves."""
        # not pathlib: HOME may be on a disk, or in a system, that only the wrapper sees
        listed = self.run(shutil.which("find") or "find", str(self.home), "-mindepth", "1").stdout.splitlines()
        names = {line.removeprefix(f"{self.home}/") for line in listed}
        return {name for name in names if not name.startswith(".rustup")}


class Row(NamedTuple):
    """What was seen, one cell for each heading, which may be missing at the end."""

    cells: tuple[str, ...]
    is_right: bool = True


HEADINGS = ("Environment", "Install", "`doctor`", "Calculator", "Uninstall", "Left in HOME")


def tried(environment: Environment) -> Row:
    """Install, check, calculate, uninstall."""
    if environment.missing:
        return Row((environment.name, f"not tried: {environment.missing}"))
    before = environment.files()
    start = time.monotonic()
    install = environment.run(environment.python, BOOTSTRAP, *environment.options)
    seconds = time.monotonic() - start
    data = environment.variables.get("XDG_DATA_HOME") or environment.home / ".local/share"
    commands = Path(data) / "acolytes/bin"
    if install.returncode or environment.is_refused:
        said = (install.stderr.strip().splitlines() or [""])[-1].replace(str(environment.home), "HOME")
        left = listed(environment.files() - before)
        is_right = environment.is_refused and bool(install.returncode) and left == "nothing"
        return Row((environment.name, f"exit {install.returncode}: {said}", "", "", "", left), is_right)
    doctor = environment.run(str(commands / "acolytes"), "doctor")
    calculator = environment.run(str(commands / "acolytes-perf"), *CALCULATION)
    uninstall = environment.run(str(commands / "acolytes"), "uninstall", "--yes")
    left = listed(environment.files() - before)
    codes = [done.returncode for done in (doctor, calculator, uninstall)]
    answer = (calculator.stdout.splitlines() or [calculator.stderr.strip()])[0]
    seen = f"{seconds:.0f} s", outcome(doctor, "healthy"), answer, outcome(uninstall, "done"), left
    return Row((environment.name, *seen), not any(codes) and left == "nothing")


def run(
    command: tuple[str, ...], variables: Mapping[str, str], cwd: str | Path = "/"
) -> subprocess.CompletedProcess[str]:
    """Run a command without the variables that would change what ours do."""
    ours = ("ACOLYTES", "CLAUDE", "XDG", "PYTHON")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
    environment = {**kept, "PATH": search_path(), **variables}
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)


def search_path() -> str:
    """PATH with this Python first, and without an `acolytes` that is there already: `doctor` would warn of it."""
    folders = [str(Path(sys.base_prefix, "bin")), *os.environ["PATH"].split(os.pathsep)]
    return os.pathsep.join(folder for folder in folders if not shutil.which("acolytes", path=folder))


def outcome(done: subprocess.CompletedProcess[str], word: str) -> str:
    """``word`` for a success, else the exit code and the end of what was printed."""
    if not done.returncode:
        return word
    return f"exit {done.returncode}: {' '.join((done.stdout + done.stderr).split())[-300:]}"


def listed(names: set[str]) -> str:
    """How many names there are, and the first ones."""
    return "nothing" if not names else f"{len(names)}: {', '.join(sorted(names)[:4])}"

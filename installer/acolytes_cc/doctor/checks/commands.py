"""The commands: their launchers start, and no other program of the same name is found first on PATH."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.results import CheckFinding, CheckResult
from acolytes_cc.install.launchers import COMMANDS, hook_launcher, launchers_folder

_TIMEOUT_SECONDS = 30


def launchers(inspection: Inspection) -> Iterator[CheckResult]:
    """The launchers of our commands and hooks are there, and they start."""
    if not inspection.manifest:
        return
    fix = f"run `{inspection.install_command}` again (from a new environment, if the old one was removed)"
    for path in (*(launchers_folder() / name for name in COMMANDS), hook_launcher()):
        problem = _problem(path)
        if problem:
            yield CheckFinding("launchers", "error", f"{path.name}: {problem}", fix, str(path))


def path(inspection: Inspection) -> Iterator[CheckResult]:
    """The programs that the agents call are ours: our hook puts its folder last on PATH, so any other program wins."""
    if not inspection.manifest:
        return
    for name in ("acolytes-perf", "acolytes-quest"):
        program = shutil.which(name)
        if program and COMMANDS[name] not in head(Path(program)):
            message = f"another program named {name} is on PATH: the agents would call that one"
            fix = f"rename or remove {program}, or remove its folder from PATH"
            yield CheckFinding("path", "error", message, fix, program)
        elif not program and not inspection.wants_hooks:
            fix = f'before you start the client, run: export PATH="$PATH:{launchers_folder()}"'
            message = f"hooks are off, so nothing puts {name} on PATH and the agents cannot call it"
            yield CheckFinding("path", "warning", message, fix)


def head(path: Path) -> str:
    """The start of a file as text; empty when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(4096).decode("utf-8", "replace")
    except OSError:
        return ""


def _problem(path: Path) -> str:
    """What is wrong with a launcher; empty for one that starts."""
    if not path.is_file():
        return "it is missing"
    if not os.access(path, os.X_OK):
        return "it is not executable"
    if path.name == "hook":
        interpreter = head(path).rpartition("exec ")[2].partition(" -I")[0]
        return "" if _is_program(interpreter) else f"its interpreter {interpreter} does not exist"
    try:
        process = subprocess.run(
            [path, "--help"],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it did not end within {_TIMEOUT_SECONDS} s"
    except OSError as error:
        return f"it does not start: {error.strerror}"
    if process.returncode == 0:
        return ""
    lines = process.stderr.strip().splitlines()
    return f"it ends with exit code {process.returncode}: {lines[-1] if lines else 'no message'}"


def _is_program(quoted: str) -> bool:
    try:
        words = shlex.split(quoted)
    except ValueError:
        return False
    return len(words) == 1 and os.access(words[0], os.X_OK)

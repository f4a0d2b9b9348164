"""The commands: their launchers start, and nothing of the same name stands before them on PATH."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.doctor.checks.files import options
from acolytes_cc.doctor.finding import Finding, Result
from acolytes_cc.doctor.subject import Subject
from acolytes_cc.install.places import data_home

# command -> the package that runs it
COMMANDS = {"acolytes": "acolytes_cc", "acolytes-perf": "acolytes_perf", "acolytes-quest": "acolytes_quest"}
_PATIENCE_SECONDS = 30


def launchers(subject: Subject) -> Iterator[Result]:
    """The three commands and the launcher of hooks are there, what they lead to is, and they start."""
    if not subject.manifest:
        return
    fix = f"run `acolytes install{options(subject)}` again (from a new environment, if the old one is gone)"
    for path in (*(data_home() / "bin" / name for name in COMMANDS), data_home() / "hook"):
        trouble = _trouble(path)
        if trouble:
            yield Finding("launchers", "error", f"{path.name}: {trouble}", fix, str(path))


def path(subject: Subject) -> Iterator[Result]:
    """What the agents call by name is ours: the hook puts our folder last on PATH, so that any other wins."""
    if not subject.manifest:
        return
    for name in ("acolytes-perf", "acolytes-quest"):
        found = shutil.which(name)
        if found and COMMANDS[name] not in head(Path(found)):
            message = f"another program named {name} stands on PATH: the agents would call that one"
            yield Finding("path", "error", message, f"rename or remove {found}, or take its folder off PATH", found)
        elif not found and not subject.wants_hooks:
            fix = f'start the client with it: export PATH="$PATH:{data_home() / "bin"}"'
            yield Finding("path", "warning", f"without hooks nothing puts {name} on PATH: agents cannot call it", fix)


def head(path: Path) -> str:
    """The beginning of a file as text; empty when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(4096).decode("utf-8", "replace")
    except OSError:
        return ""


def _trouble(path: Path) -> str:
    if not path.is_file():
        return "it is missing"
    if not os.access(path, os.X_OK):
        return "it is not executable"
    if path.name == "hook":
        interpreter = head(path).rpartition("exec ")[2].partition(" -I")[0]
        return "" if _is_program(interpreter) else f"its interpreter {interpreter} is gone"
    try:
        done = subprocess.run(
            [path, "--help"],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it did not answer within {_PATIENCE_SECONDS} s"
    except OSError as error:
        return f"it does not start: {error.strerror}"
    said = done.stderr.strip().splitlines()
    return "" if done.returncode == 0 else f"it ends with {done.returncode}: {said[-1] if said else 'no message'}"


def _is_program(quoted: str) -> bool:
    try:
        words = shlex.split(quoted)
    except ValueError:
        return False
    return len(words) == 1 and os.access(words[0], os.X_OK)

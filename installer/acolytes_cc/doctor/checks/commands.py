"""The commands: their launchers start, and no other program of the same name is found first on PATH."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.children import output_of
from acolytes_cc.doctor import remedies
from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.results import CheckFinding, CheckResult, CheckSeverity
from acolytes_cc.errors import UserError
from acolytes_cc.install.application.launchers import (
    COMMANDS,
    head,
    hook_launcher,
    launcher_texts,
    launchers_folder,
    other_program,
    path_setting,
    rescue_folder,
)
from acolytes_cc.install.application.registry import read_users
from acolytes_cc.install.disk.places import data_home, location_arguments

_TIMEOUT_SECONDS = 30


def launchers(inspection: Inspection) -> Iterator[CheckResult]:
    """The launchers of our commands and hooks are there, and they start."""
    if not inspection.manifest:
        return
    fix = f"run `{inspection.install_command}` again (from a new environment, if the old one was removed)"
    texts = launcher_texts()
    for path in (*(launchers_folder() / name for name in COMMANDS), hook_launcher()):
        problem = _problem(path)
        if problem:
            message, commands = f"{path.name}: {problem}", _commands(inspection, path)
            yield CheckFinding("launchers", "error", message, fix, str(path), commands)
        elif head(path) != texts[path][:4096]:
            message = f"{path.name} is of another installation or version"
            yield CheckFinding("launchers", "warning", message, fix, str(path), _commands(inspection, path))
    for path, text in texts.items():
        if rescue_folder() in path.parents and head(path) != text[:4096]:
            message = "what `acolytes doctor` needs without its own Python is missing or changed"
            yield CheckFinding("launchers", "warning", message, fix, str(path), _install(inspection))
            return


def record(inspection: Inspection) -> Iterator[CheckResult]:
    """The application's record names this installation: without that, another uninstall removes its commands."""
    if not inspection.manifest:
        return
    path = data_home() / "users.json"
    fix = f"run `{inspection.install_command}` again"
    try:
        targets = read_users().targets
    except UserError as error:
        commands = remedies.move_away(path), *_install(inspection)
        yield CheckFinding("record", "error", str(error), fix, str(path), commands)
        return
    if str(inspection.places.target) not in targets:
        message = "the list of installations lacks this one: another uninstall would remove its commands"
        yield CheckFinding("record", "warning", message, fix, str(path), _install(inspection))


def path(inspection: Inspection) -> Iterator[CheckResult]:
    """The programs that the agents call are ours: our hook puts its folder last on PATH, so any other program wins."""
    if not inspection.manifest:
        return
    for name in COMMANDS:
        program = other_program(name)
        if program:
            who: str
            severity: CheckSeverity
            who, severity = ("you", "warning") if name == "acolytes" else ("the agents", "error")
            message = f"another program named {name} is on PATH: {who} would call that one"
            fix = f"put {launchers_folder()} first on PATH, or rename or remove {program}"
            yield CheckFinding("path", severity, message, fix, program)
        elif not inspection.wants_hooks and name != "acolytes" and not shutil.which(name):
            fix = f"before you start the client, run: {path_setting()}"
            message = f"hooks are off, so nothing puts {name} on PATH and the agents cannot call it"
            yield CheckFinding("path", "warning", message, fix)


def _commands(inspection: Inspection, launcher: Path) -> tuple[str, ...]:
    """The commands that write a launcher again, without a launcher."""
    calls = _install(inspection)
    if launcher.is_file() and not launcher.is_symlink():
        return f"chmod 755 {shlex.quote(str(launcher))}", *calls
    return (remedies.move_away(launcher), *calls) if os.path.lexists(launcher) else calls


def _install(inspection: Inspection) -> tuple[str, ...]:
    if inspection.refuses_install:
        return ()
    return (f"{shlex.quote(sys.executable)} -I -m acolytes_cc install --yes{location_arguments(inspection.places)}",)


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
        process = output_of([path, "--help"], _TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        return f"it did not end within {_TIMEOUT_SECONDS} s"
    except OSError as error:
        return f"it does not start: {error.strerror}"
    if process.returncode == 0:
        return ""
    lines = process.stderr.decode("utf-8", "replace").strip().splitlines()
    return f"it ends with exit code {process.returncode}: {lines[-1] if lines else 'no message'}"


def _is_program(quoted: str) -> bool:
    try:
        words = shlex.split(quoted)
    except ValueError:
        return False
    return len(words) == 1 and os.access(words[0], os.X_OK)

"""The exact commands that mend what a check found: none deletes a file of the user, or removes the application."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.install.launchers import launchers_folder
from acolytes_cc.install.places import location_arguments


def acolytes(inspection: Inspection, call: str) -> str:
    """The command that runs ``acolytes`` for this installation, whatever is first on PATH."""
    launcher = launchers_folder() / "acolytes"
    program = [str(launcher)] if os.access(launcher, os.X_OK) else [sys.executable, "-I", "-m", "acolytes_cc"]
    return f"{shlex.join(program)} {call}{location_arguments(inspection.places)}"


def install(inspection: Inspection) -> str:
    """The command that writes again what is missing."""
    return acolytes(inspection, "install --yes")


def restore(inspection: Inspection) -> str:
    """The command that also writes definitions and settings entries again that were deleted or changed."""
    return acolytes(inspection, "install --yes --restore")


def move_away(path: str | Path) -> str:
    """The command that moves a file aside, to a name that is free."""
    new, number = f"{path}.moved", 1
    while os.path.lexists(new):
        number += 1
        new = f"{path}.moved-{number}"
    return f"mv {shlex.quote(str(path))} {shlex.quote(new)}"


def own_again(inspection: Inspection, path: Path) -> tuple[str, ...]:
    """The commands that keep a changed file of ours aside, and install ours again."""
    return move_away(path), restore(inspection)


def edit(expression: str, path: Path) -> str:
    """The command that changes a text in a file; the old one stays beside it."""
    return f"sed -i.moved {shlex.quote(expression)} {shlex.quote(str(path))}"

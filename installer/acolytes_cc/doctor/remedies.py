"""The exact commands that mend what a check found.

They delete no file of the user, replace none, and decide nothing for the user: there are none where a command would.
Run again, they change nothing more.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.install.application.launchers import launchers_folder
from acolytes_cc.install.disk.places import DEFINITIONS, location_arguments


def acolytes(inspection: Inspection, call: str) -> str:
    """The command that runs ``acolytes`` for this installation, whatever is first on PATH."""
    launcher = launchers_folder() / "acolytes"
    program = [str(launcher)] if os.access(launcher, os.X_OK) else [sys.executable, "-I", "-m", "acolytes_cc"]
    return f"{shlex.join(program)} {call}{location_arguments(inspection.places)}"


def install(inspection: Inspection) -> tuple[str, ...]:
    """The command that writes again what is missing; none where an installation would be refused."""
    return () if inspection.refuses_install else (acolytes(inspection, "install --yes"),)


def update(inspection: Inspection) -> tuple[str, ...]:
    """The command that writes everything as this version has it; none where an update would be refused."""
    return () if inspection.refuses_install else (acolytes(inspection, "update --yes"),)


def restore(inspection: Inspection) -> tuple[str, ...]:
    """The command that also writes definitions and settings entries again that were deleted or changed.

    There is none while the user has deleted definitions, or left out settings entries: it would bring back those, too.
    """
    record = inspection.manifest.settings if inspection.manifest else None
    if inspection.refuses_install or inspection.deleted_definitions or (record and record.left_out):
        return ()
    return (acolytes(inspection, "install --yes --restore"),)


def move_away(path: str | Path) -> str:
    """The command that moves a file aside, to a name that is free.

    When the new name is taken, the file was moved before, and the file at the old name is another one: it stays.
    """
    new, number = f"{path}.moved", 1
    while os.path.lexists(new):
        number += 1
        new = f"{path}.moved-{number}"
    new = shlex.quote(new)
    is_there = f"test {'-L' if os.path.islink(path) else '-e'} {new}"
    return f"{is_there} || mv {shlex.quote(str(path))} {new}"


def own_again(inspection: Inspection, path: Path) -> tuple[str, ...]:
    """The commands that keep what is in place of a file of ours aside, and install ours again."""
    is_definition = path.relative_to(inspection.places.target).as_posix().startswith(DEFINITIONS)
    back = restore(inspection) if is_definition else install(inspection)
    return (move_away(path), *back) if back else ()

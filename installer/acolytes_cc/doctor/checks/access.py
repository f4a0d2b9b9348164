"""The user may read and change what belongs to the installation, to the client and to the quest board."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.results import CheckFinding, CheckResult
from acolytes_cc.doctor.settings_files import state_file
from acolytes_cc.install.application.launchers import launcher_texts, launchers_folder
from acolytes_cc.install.disk.boards import find_board
from acolytes_cc.install.disk.places import DEFINITIONS, SETTINGS, data_home
from acolytes_cc.permissions import CHANGE, READ, may, remedy


class _Wanted(NamedTuple):
    path: Path
    mode: int = READ
    is_program: bool = False


def access(inspection: Inspection) -> Iterator[CheckResult]:
    """Look at folders before what is in them: below one that cannot be entered, nothing can be said."""
    closed: list[Path] = []
    for path, mode, is_program in dict.fromkeys(_wanted(inspection)):
        if may(path, mode) or any(folder in path.parents for folder in closed):
            continue
        kind = "folder" if path.is_dir() else "file"
        message = f"you cannot change this {kind}, but our commands have to"
        if not may(path, READ):
            message = f"you cannot read this {kind}; the other checks wait for it"
            closed.append(path)
        fix, commands = remedy(path, is_program=is_program)
        yield CheckFinding("access", "error", message, fix, str(path), commands)


def hides_something(result: CheckResult) -> bool:
    """Whether what was found keeps other checks from reading: they would fail, or say something wrong."""
    return isinstance(result, CheckFinding) and result.path is not None and not may(Path(result.path), READ)


def _wanted(inspection: Inspection) -> Iterator[_Wanted]:
    """Each path that is used, and for what."""
    target = inspection.places.target
    for folder in (inspection.config, target, *([inspection.project_config] if inspection.project_config else [])):
        yield _Wanted(folder, CHANGE)
        yield from (_Wanted(folder / name) for name in SETTINGS)
        yield from (_Wanted(folder / name) for name in DEFINITIONS)
        yield from _tree(folder / "agents", READ)
    yield _Wanted(state_file(inspection.config))
    yield _Wanted(inspection.places.state, CHANGE)
    yield from _tree(inspection.places.state, CHANGE)
    for name in inspection.manifest.files if inspection.manifest else ():
        path = target / name
        yield from (_Wanted(folder, CHANGE) for folder in reversed(path.parents) if target in folder.parents)
        yield _Wanted(path, is_program=path.name.startswith("quest_"))
    yield _Wanted(data_home(), CHANGE)
    for path in (data_home() / "users.json", *launcher_texts()):
        yield _Wanted(path.parent, CHANGE)
        yield _Wanted(path, is_program=path.parent == launchers_folder() or path.name == "hook")
    board = find_board(inspection.cwd)
    if board:
        yield _Wanted(board.parent, CHANGE)
        yield _Wanted(board, CHANGE)


def _tree(folder: Path, mode: int) -> Iterator[_Wanted]:
    """Each folder below a folder, to read or to change, and each file, to read."""
    for parent, folders, names in os.walk(folder):
        yield from (_Wanted(Path(parent, name), mode) for name in folders)
        yield from (_Wanted(Path(parent, name)) for name in names)

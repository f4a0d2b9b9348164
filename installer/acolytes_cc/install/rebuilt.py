"""A manifest that was lost, made again from the records of the definitions and from the programs that are unchanged."""

from __future__ import annotations

from pathlib import PurePosixPath

from acolytes_cc import __version__
from acolytes_cc.install.files import digest, sha256
from acolytes_cc.install.journal import is_private, state_folder
from acolytes_cc.install.manifest import Manifest
from acolytes_cc.install.places import BASELINE, DEFINITIONS, Places
from acolytes_cc.install.render import RenderedFile


def rebuilt_manifest(places: Places, rendered: list[RenderedFile]) -> Manifest | None:
    """The manifest of an installation that lost it; None where no installation was.

    A cloned repository may bring such records, but git makes no folder that is private.
    """
    state = state_folder(places.target)
    baseline = state / BASELINE
    if not baseline.is_dir() or not is_private(state):
        return None
    paths = [path for path in baseline.rglob("*") if path.is_file()]
    files = {path.relative_to(baseline).as_posix(): sha256(path.read_bytes()) for path in paths}
    files = {path: written for path, written in files.items() if path.startswith(DEFINITIONS)}
    for file in rendered:
        if not file.path.startswith(DEFINITIONS) and digest(places.target / file.path) == sha256(file.content):
            files[file.path] = sha256(file.content)
    folders = {str(parent) for path in files for parent in PurePosixPath(path).parents if parent.parts}
    return Manifest(__version__, places.scope, files=files, folders=sorted({*folders, state.name}))

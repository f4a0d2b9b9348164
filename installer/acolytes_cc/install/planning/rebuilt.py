"""A manifest that was lost, made again from the records of the definitions and from the programs that are unchanged."""

from __future__ import annotations

from pathlib import PurePosixPath

from acolytes_cc import __version__
from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.disk.files import digest, sha256
from acolytes_cc.install.disk.manifest import Manifest
from acolytes_cc.install.disk.places import BASELINE, DEFINITIONS, MANIFEST, Places, location_arguments, package_path
from acolytes_cc.install.planning.render import RenderedFile, render
from acolytes_cc.install.transaction.journal import STATE, is_private, state_folder


def rebuilt_manifest(places: Places, rendered: list[RenderedFile]) -> Manifest | None:
    """The manifest of an installation that lost it; None where no installation was."""
    if not is_lost(places):
        return None
    files = _recorded(places)
    # Without our records, a definition that is exactly ours came with the scripts beside it.
    are_gone = not files
    for file in rendered:
        is_sure = are_gone or not file.path.startswith(DEFINITIONS)
        if is_sure and digest(places.target / file.path) == sha256(file.content):
            files[file.path] = sha256(file.content)
    paths = [*files, *(f"{STATE}/{BASELINE}/{path}" for path in files if path.startswith(DEFINITIONS))]
    folders = {str(parent) for path in paths for parent in PurePosixPath(path).parents if parent.parts}
    return Manifest(__version__, places.scope, files=files, folders=sorted(folders))


def is_lost(places: Places) -> bool:
    """Whether an installation is there, but not the manifest that lists its files.

    In user scope, a quest script that is exactly ours shows it, too. A project never has one.
    """
    if (places.target / MANIFEST).exists():
        return False
    return bool(_recorded(places)) or (places.scope == "user" and _has_script(places))


def refuse_lost(places: Places) -> None:
    """UserError where the manifest is lost: the states lead back from the files that it lists."""
    if is_lost(places):
        raise UserError(
            f"{places.target / MANIFEST} is gone, which lists the files of acolytes that are still there: put it back "
            f"from a backup; or run `acolytes install{location_arguments(places)}`, which begins a new line of states",
            Exit.CANNOT,
        )


def _recorded(places: Places) -> dict[str, str]:
    """The definitions in our records, each with the SHA-256 of what we wrote.

    A cloned repository may bring such records, but git makes no folder that is private.
    """
    state = state_folder(places.target)
    baseline = state / BASELINE
    if not baseline.is_dir() or not is_private(state):
        return {}
    paths = [path for path in baseline.rglob("*") if path.is_file()]
    files = {path.relative_to(baseline).as_posix(): sha256(path.read_bytes()) for path in paths}
    return {path: written for path, written in files.items() if path.startswith(DEFINITIONS)}


def _has_script(places: Places) -> bool:
    own = package_path("acolytes_quest")
    installed = places.target / "scripts" / own.name
    return any(path.stat().st_size and digest(installed / path.name) == digest(path) for path in own.glob("*.py"))


def foreign_files(places: Places) -> list[str]:
    """What an installation with the usual answers would refuse to replace, once no manifest is there."""
    recorded = _recorded(places)
    return [
        file.path
        for file in render(places, {}).files
        if file.path not in recorded
        and digest(places.target / file.path) not in (None, sha256(file.content))
        and not (places.scope == "project" and file.path.startswith(DEFINITIONS))  # they came with the project
    ]

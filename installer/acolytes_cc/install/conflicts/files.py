"""The files of an installation that have open clashes: find them, and write down what the user settles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.errors import UserError
from acolytes_cc.install.application import registry
from acolytes_cc.install.conflicts.open_clashes import open_clashes, read, relocated
from acolytes_cc.install.disk.clashes import Clash
from acolytes_cc.install.disk.files import digest, sha256
from acolytes_cc.install.disk.manifest import Manifest
from acolytes_cc.install.disk.places import BASELINE, CONFLICTS, MANIFEST, Places, location_arguments
from acolytes_cc.install.options import agent_name
from acolytes_cc.install.transaction.commit import FileChange, commit
from acolytes_cc.install.transaction.journal import STATE


class FileConflicts(NamedTuple):
    """One file with open clashes."""

    path: str
    clashes: tuple[Clash, ...]
    users: bytes
    theirs: bytes
    """the new version"""

    def chosen(self, names: Sequence[str]) -> tuple[Clash, ...]:
        """The clashes with these names, all of them for no name; UserError for another name.

        A name may have the word before it that the list shows, as in "line 28".
        """
        known = [clash.name for clash in self.clashes]
        names = [name.removeprefix("lines ").removeprefix("line ") for name in names]
        if unknown := next((name for name in names if name not in known), None):
            raise UserError(f"{self.path} has no conflict in {unknown}: its parts are {', '.join(known)}")
        return tuple(clash for clash in self.clashes if not names or clash.name in names)


def read_conflicts(places: Places, manifest: Manifest) -> list[FileConflicts]:
    """Every file with open clashes, by path."""
    found = []
    for path, clashes in sorted(open_clashes(places, manifest).items()):
        users, theirs = read(places.target / path), read(places.state / BASELINE / path)
        if users is not None and theirs is not None:
            found.append(FileConflicts(path, clashes, users, theirs))
    return found


def find_file(places: Places, manifest: Manifest, conflicts: Sequence[FileConflicts], name: str) -> FileConflicts:
    """The file that the user calls ``name``: by its path, from here or in the target, or by the agent's name.

    Raises:
        UserError: It is not a file of this installation, or has no conflict.
    """
    here = Path(name).absolute()
    inside = here.relative_to(places.target).as_posix() if here.is_relative_to(places.target) else name
    paths = [path for path in manifest.files if path in (name, inside) or agent_name(path) == name]
    if not paths:
        call = f"acolytes resolve{location_arguments(places)}"
        where = f"a file that acolytes installed in {places.target}"
        raise UserError(f"{name} is not {where}: `{call}` lists those with a conflict")
    found = next((each for each in conflicts if each.path in paths), None)
    if found is None:
        raise UserError(f"{paths[0]} has no open conflict")
    return found


def settle(
    places: Places, manifest: Manifest, file: FileConflicts, settled: Sequence[Clash], content: bytes
) -> tuple[Clash, ...]:
    """Write ``content``, and that these clashes are settled; returns those that are still open.

    Raises:
        UserError: The file was changed meanwhile, or cannot be written. Everything is as before.
    """
    rest = [clash for clash in file.clashes if clash not in settled]
    still_open = relocated(rest, file.users, content, file.theirs)
    clashes = {path: listed for path, listed in manifest.clashes.items() if path != file.path}
    if still_open:
        clashes[file.path] = list(still_open)
    contents = {
        file.path: content,
        f"{STATE}/{CONFLICTS}/{file.path}": content if still_open else None,
        MANIFEST: replace(manifest, clashes=clashes).to_json(),
    }
    changes = []
    for path, new in contents.items():
        expected = sha256(file.users) if path == file.path else digest(places.target / path)
        if expected != (None if new is None else sha256(new)):
            changes.append(FileChange(path, new, expected, 0o600))
    commit(places.target, changes, registry)
    return still_open

"""Undo a transaction that was killed, and remove what an uninstalled version leaves in our state folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.disk.files import (
    digest,
    link_target,
    make_folders,
    move,
    remove_empty_folders,
    remove_staged,
    replace,
)
from acolytes_cc.install.disk.places import MANIFEST
from acolytes_cc.install.transaction.journal import (
    JOURNAL,
    STACKS,
    STATE,
    JournalEntry,
    read_journal,
    state_folder,
)
from acolytes_cc.install.transaction.records import AHEAD, BACK, journal_of, records, remove_incomplete, remove_obsolete

_FOLDERS = [STATE, *(f"{STATE}/{stack}" for stack in STACKS)]


class UserRegistry(Protocol):
    """The application's record of the targets that use it; the module ``application`` is the one in use.

    A target enters the record with the first journal, and leaves it after the last file.
    """

    def application_folders(self) -> list[str]:
        """The folders that were made for the application, or would be by ``add_user``, parents first."""

    def add_user(self, target: Path, /) -> None:
        """Enter ``target`` in the record."""

    def withdraw_user(self, target: Path, folders: list[str], /) -> None:
        """Remove ``target`` from the record; ``folders`` are the application's, as the journal names them."""

    def is_own_environment(self) -> bool:
        """Whether this process runs in an environment that goes with the last user."""


def recover(target: Path, registry: UserRegistry) -> list[str]:
    """Undo a transaction that was killed, or remove what one that was complete did not get to remove.

    Returns:
        The paths that were not put back because somebody changed them meanwhile, relative to the target.
    """
    state = state_folder(target)
    if state.is_symlink():  # a cloned repository may bring one, and it could lead to anybody's files
        raise UserError(f"{state} is a link, and acolytes never makes it one: remove it", Exit.CANNOT)
    not_restored = _undo(target, registry) if (state / JOURNAL).is_file() else []
    remove_incomplete(target)
    remove_obsolete(target)
    if not (target / MANIFEST).exists() and _was_removed(target):
        remove_state(target, registry)
    remove_folders(target, _FOLDERS)
    return not_restored


def _was_removed(target: Path) -> bool:
    """Whether the last change took the installation away. Else its manifest is lost, and its states are still good."""
    last = records(target, BACK)[-1:] or records(target, AHEAD)[:1]
    entries = journal_of(target, last[0]).entries if last else []
    return any(entry.path == MANIFEST and entry.after is None for entry in entries)


def remove_state(target: Path, registry: UserRegistry) -> None:
    """After the last file of an installation is removed: remove its snapshots, and the folders that we made."""
    back, ahead = records(target, BACK), records(target, AHEAD)
    existing = [*back, *ahead]
    if not existing:
        return
    # an uninstallation is the newest change, and going back over the first one leaves its record as the first ahead
    last = (back[-1:] or ahead[:1])[0] / JOURNAL
    journal = journal_of(target, last.parent)
    for saved in (path for snapshot in existing for path in snapshot.iterdir()):
        if saved != last:  # it goes last: until then all this can be repeated
            saved.unlink()
    # The environment in which this runs goes after everything else, and the application's record leads to it.
    if not registry.is_own_environment():
        registry.withdraw_user(target, journal.application_folders)
    for snapshot in existing:
        shutil.rmtree(snapshot)
    remove_folders(target, [*journal.folders_to_remove, *_FOLDERS[1:]])


def remove_folders(target: Path, folders: list[str]) -> None:
    """Remove those of the folders (relative to the target, parents first) that are empty."""
    remove_empty_folders(target / folder for folder in reversed(folders))


def _undo(target: Path, registry: UserRegistry) -> list[str]:
    state = state_folder(target)
    not_restored = []
    journal = read_journal(target, state / JOURNAL)
    snapshot = state / journal.stack / journal.snapshot
    for number, entry in reversed(list(enumerate(journal.entries))):
        path = target / entry.path
        remove_staged(link_target(path))
        current = digest(path)
        if current == entry.after != entry.before:
            _put_back(target, entry, snapshot / str(number))
        elif current != entry.before:
            not_restored.append(entry.path)
    if not (target / MANIFEST).is_file():
        registry.withdraw_user(target, journal.application_folders)
    remove_folders(target, journal.created_folders)
    if snapshot.is_dir():
        shutil.rmtree(snapshot)
    (state / JOURNAL).unlink()
    remove_folders(target, [*journal.created_folders, *_FOLDERS[1:]])
    return not_restored


def _put_back(target: Path, entry: JournalEntry, saved: Path) -> None:
    path = target / entry.path
    if entry.before is None:
        link_target(path).unlink()
    else:
        make_folders(path.parent)
        copy = saved.with_name(f"{saved.name}.back")
        replace(copy, saved.read_bytes(), saved.stat().st_mode & 0o777)
        move(copy, link_target(path))

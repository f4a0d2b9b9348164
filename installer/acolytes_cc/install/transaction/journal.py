"""The journal of a transaction: what it changes, written down before the first change.

A journal is in ``<state>/journal.json`` while its transaction runs, and in its record afterwards: a folder with the
copies of what was replaced, see ``records``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.disk.files import replace

STATE = "acolytes"
JOURNAL = "journal.json"
STACKS = ("snapshots", "forward")
"""the folders of the records that lead back, and of those that lead ahead again"""

_HOOKS = f"{STATE}/hooks/"


class JournalEntry(NamedTuple):
    """One changed file: its path relative to the target, and its SHA-256 before and after (None: no file)."""

    path: str
    before: str | None
    after: str | None


class Journal(NamedTuple):
    """Everything that is needed to undo a transaction, apart from the copies in its snapshot."""

    snapshot: str
    """name of the folder with the copies"""
    entries: list[JournalEntry]
    """empty until the copies are made"""
    created_folders: list[str]
    """relative to the target, parents first"""
    folders_to_remove: list[str]
    """those that are removed at the end where they are empty, relative to the target, parents first"""
    application_folders: list[str]
    """those that were made for the application itself, absolute, parents first"""
    stack: str = STACKS[0]
    """in which folder the snapshot is"""
    turn: int = 0
    """how often the change was undone or made again"""
    is_state: bool = False
    """whether files changed when it was first made; later the user may have changed all of them"""

    @property
    def changes_files(self) -> bool:
        """Whether a file outside our own records changed: without one, it leads to no other state."""
        return self.is_state or any(
            not entry.path.startswith(f"{STATE}/") or entry.path.startswith(_HOOKS) for entry in self.entries
        )


def state_folder(target: Path) -> Path:
    """The folder of our own records about the installation in ``target``."""
    return target / STATE


def is_private(folder: Path) -> bool:
    """Whether nobody but the user can read or write in ``folder``."""
    return not folder.stat().st_mode & 0o077


def write_journal(state: Path, snapshot: Path, journal: Journal) -> None:
    """Put the journal of a running transaction in its place, in one move."""
    data = {
        "made": journal.created_folders,
        "leave": journal.folders_to_remove,
        "application": journal.application_folders,
        "snapshot": journal.snapshot,
        "stack": journal.stack,
        "turn": journal.turn,
        "is_state": journal.is_state,
        "changes": [{"path": entry.path, "before": entry.before, "after": entry.after} for entry in journal.entries],
    }
    replace(snapshot / "journal.new", json.dumps(data).encode(), 0o600)
    (snapshot / "journal.new").rename(state / JOURNAL)


def read_journal(target: Path, path: Path) -> Journal:
    """Read a journal that ``write_journal`` wrote.

    A cloned repository may bring a journal, and the files that a journal names are written and removed. So it is read
    only from a folder that belongs to the user alone, as ours always does and git never makes one, and it can name no
    file outside the target.

    Raises:
        UserError: The file is not such a journal, or its folder is open to others.
    """
    try:
        journal = _checked_journal(json.loads(path.read_bytes()))
    except (ValueError, KeyError, TypeError, RecursionError):
        journal = None
    if journal is None or not is_private(state_folder(target)):
        reason = "it was not written by acolytes, or its folder is open to others"
        message = f"{path} cannot be trusted, because {reason}: remove it"
        raise UserError(message, Exit.CANNOT)
    return journal


def _checked_journal(data: dict[str, Any]) -> Journal:
    entries = [JournalEntry(entry["path"], entry["before"], entry["after"]) for entry in data["changes"]]
    if not all(isinstance(entry.path, str) and _is_inside(entry.path) for entry in entries):
        raise ValueError("a path leads out of the target")
    snapshot = data["snapshot"]
    if not isinstance(snapshot, str) or not snapshot.isdigit():
        raise ValueError("the snapshot has no number")
    folders = [data[key] for key in ("made", "leave", "application")]
    if not all(isinstance(listed, list) and all(isinstance(one, str) for one in listed) for listed in folders):
        raise ValueError("folders are not a list of texts")
    stack, turn, is_state = data.get("stack", STACKS[0]), data.get("turn", 0), data.get("is_state", False)
    if stack not in STACKS or not isinstance(turn, int) or not isinstance(is_state, bool):
        raise ValueError("the snapshot is in no folder of ours")
    made, to_remove, application = folders
    return Journal(snapshot, entries, made, to_remove, application, stack, turn, is_state)


def _is_inside(path: str) -> bool:
    return not os.path.isabs(path) and ".." not in path.split("/")

"""The line of states: a record for each change that can be undone, and for each one that was undone.

The records in ``<state>/snapshots`` lead back, those in ``<state>/forward`` lead ahead again. Going over a change moves
its record to the other folder, under the same number: the new record is complete before the old one goes. A new change
gets a number above all others. So it can always be seen which records are obsolete.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.install.disk.files import remove_empty_folders
from acolytes_cc.install.disk.places import MANIFEST
from acolytes_cc.install.transaction.journal import JOURNAL, STACKS, Journal, read_journal, state_folder

BACK, AHEAD = STACKS
KEPT_STATES = 5


class Place(NamedTuple):
    """Where a transaction keeps its record."""

    stack: str
    number: int
    turn: int = 0
    is_state: bool = False

    def folder(self, target: Path) -> Path:
        """The folder of the record."""
        return state_folder(target) / self.stack / f"{self.number:04}"


def records(target: Path, stack: str) -> list[Path]:
    """The records in one folder, oldest change first."""
    folder = state_folder(target) / stack
    found = [path for path in folder.iterdir() if path.name.isdigit()] if folder.is_dir() else []
    return sorted(found, key=lambda path: int(path.name))


def journal_of(target: Path, record: Path) -> Journal:
    """The journal of a complete record; UserError for one that cannot be trusted."""
    return read_journal(target, record / JOURNAL)


def states(target: Path, stack: str) -> list[list[Path]]:
    """The records that lead to each state, the nearest state first, each in the order in which they are gone over.

    A change of our own records alone is no state: it belongs to the last change of files before it.
    """
    found: list[list[Path]] = []
    for record in records(target, stack):
        if not found or journal_of(target, record).changes_files:
            found.append([])
        found[-1].append(record)
    if stack == AHEAD:
        return found
    if found and not journal_of(target, found[0][0]).changes_files:
        del found[0]
    return [state[::-1] for state in reversed(found)]


def changed_at(state: list[Path]) -> datetime:
    """When the change was made, or undone, that these records of one state go over; in local time."""
    return datetime.fromtimestamp(max((record / JOURNAL).stat().st_mtime for record in state)).astimezone()


def next_place(target: Path) -> Place:
    """The place of the record of a new change."""
    numbers = [int(record.name) for stack in STACKS for record in records(target, stack)]
    return Place(BACK, max(numbers, default=0) + 1)


def opposite(target: Path, record: Path) -> Place:
    """The place of the record of going over the change of ``record``."""
    journal = journal_of(target, record)
    stack = AHEAD if record.parent.name == BACK else BACK
    return Place(stack, int(record.name), journal.turn + 1, journal.changes_files)


def _begins(journal: Journal) -> bool:
    """Whether the change installed where there was no manifest: the records before it then lead to no state."""
    return any(entry.path == MANIFEST and entry.before is None for entry in journal.entries)


def remove_incomplete(target: Path) -> None:
    """Remove what transactions left that were killed before their first change or while they were removed."""
    for stack in STACKS:
        for record in records(target, stack):
            if not (record / JOURNAL).is_file():
                shutil.rmtree(record)


def remove_obsolete(target: Path) -> None:
    """Remove the records that a newer one replaces, and those of the oldest states."""
    back, ahead = records(target, BACK), records(target, AHEAD)
    if len(back) > 1 and _begins(journal_of(target, back[-1])):
        for record in back[:-1]:
            shutil.rmtree(record)
        del back[:-1]
    for record in ahead:
        other = next((each for each in back if each.name == record.name), None)
        if other and journal_of(target, other).turn < journal_of(target, record).turn:
            shutil.rmtree(other)
            back.remove(other)
    last = int(back[-1].name) if back else 0
    for record in ahead:
        if int(record.name) <= last:
            shutil.rmtree(record)
    if len(back) > KEPT_STATES:
        kept = 0
        for record in reversed(back):
            if kept == KEPT_STATES:
                shutil.rmtree(record, ignore_errors=True)
            else:
                kept += journal_of(target, record).changes_files
    remove_empty_folders(state_folder(target) / stack for stack in STACKS)

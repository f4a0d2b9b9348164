"""Find the changes that lead back over past transactions."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.files import digest, sha256
from acolytes_cc.install.journal import JOURNAL, read_journal, snapshots
from acolytes_cc.install.transaction import FileChange


class RollbackPlan(NamedTuple):
    """The changes that lead back, and the paths that stay because the user changed them since."""

    changes: list[FileChange]
    kept: list[str]


class _Former(NamedTuple):
    """One file as it was before the oldest transaction that is undone."""

    content: bytes | None
    mode: int


def plan_rollback(target: Path, steps: int) -> RollbackPlan:
    """Plan to undo the last ``steps`` transactions; UserError where there are not so many."""
    undone = snapshots(target)[-steps:]
    if len(undone) < steps:
        count = len(undone)
        possible = f"only the last {count} can be undone" if count else "there is nothing to undo"
        message = f"cannot go back {steps} {'step' if steps == 1 else 'steps'} in {target}: {possible}"
        raise UserError(message, Exit.CANNOT)
    former: dict[str, _Former] = {}
    newest: dict[str, str | None] = {}
    for snapshot in reversed(undone):
        for number, entry in enumerate(read_journal(target, snapshot / JOURNAL).entries):
            newest.setdefault(entry.path, entry.after)
            saved = snapshot / str(number)
            if entry.before is None:
                former[entry.path] = _Former(None, 0o644)
            else:
                former[entry.path] = _Former(saved.read_bytes(), saved.stat().st_mode & 0o777)
    kept = [path for path, after in newest.items() if digest(target / path) != after]
    changes = [
        FileChange(path, old.content, newest[path], old.mode)
        for path, old in former.items()
        if path not in kept and (None if old.content is None else sha256(old.content)) != newest[path]
    ]
    return RollbackPlan(changes, kept)

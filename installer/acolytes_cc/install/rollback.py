"""Find the changes that lead back over past transactions, or ahead again."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.files import digest, sha256
from acolytes_cc.install.records import AHEAD, Place, journal_of, opposite, states
from acolytes_cc.install.transaction import FileChange


class Step(NamedTuple):
    """Going over one past transaction."""

    changes: list[FileChange]
    place: Place
    """where the record goes that leads to the other side again"""


class RollbackPlan(NamedTuple):
    """The steps that lead to another state, and the paths that stay because the user changed them since."""

    steps: list[Step]
    kept: list[str]

    @property
    def changes(self) -> list[FileChange]:
        """What happens to each file in the end."""
        return list({change.path: change for step in self.steps for change in step.changes}.values())


def plan_rollback(target: Path, count: int, stack: str) -> RollbackPlan:
    """Plan to go over the next ``count`` states in ``stack``; UserError where there are not so many."""
    reachable = states(target, stack)
    if len(reachable) < count:
        raise UserError(_too_far(target, count, len(reachable), stack), Exit.CANNOT)
    on_disk: dict[str, str | None] = {}
    kept: dict[str, None] = {}
    steps = []
    for record in (record for state in reachable[:count] for record in state):
        changes = []
        for number, entry in enumerate(journal_of(target, record).entries):
            if entry.path not in on_disk:
                on_disk[entry.path] = digest(target / entry.path)
            if on_disk[entry.path] != entry.after:
                kept[entry.path] = None
            elif entry.before != entry.after:
                changes.append(_back(record / str(number), entry.path, entry.before, entry.after))
                on_disk[entry.path] = entry.before
        steps.append(Step(changes, opposite(target, record)))
    return RollbackPlan(steps, list(kept))


def _back(saved: Path, path: str, before: str | None, after: str | None) -> FileChange:
    if before is None:
        return FileChange(path, None, after)
    content = saved.read_bytes()
    if sha256(content) != before:
        raise UserError(f"{saved} is damaged: remove its folder, and go over fewer states", Exit.CANNOT)
    return FileChange(path, content, after, saved.stat().st_mode & 0o777)


def _too_far(target: Path, count: int, possible: int, stack: str) -> str:
    way, no_state = ("ahead", "no later state") if stack == AHEAD else ("back", "no earlier state")
    limit = f"only {possible} {'is' if possible == 1 else 'are'} possible" if possible else f"there is {no_state}"
    return f"cannot go {way} {count} {'state' if count == 1 else 'states'} in {target}: {limit}"

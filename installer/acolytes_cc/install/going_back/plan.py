"""Find the changes that lead back over past transactions, or ahead again."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.disk.files import digest, sha256
from acolytes_cc.install.disk.manifest import decode_manifest
from acolytes_cc.install.disk.places import MANIFEST, SETTINGS
from acolytes_cc.install.disk.shared import SHARED
from acolytes_cc.install.settings.rollback import with_entries_of
from acolytes_cc.install.transaction.commit import FileChange
from acolytes_cc.install.transaction.records import AHEAD, Place, journal_of, opposite, states


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
    before = _Tree(target)
    kept: dict[str, None] = {}
    steps = []
    for record in (record for state in reachable[:count] for record in state):
        changes: dict[str, FileChange] = {}
        for number, entry in enumerate(journal_of(target, record).entries):
            now = before.digest(entry.path)
            if now != entry.after:
                kept |= {entry.path: None} if now != entry.before else {}
            elif entry.before != entry.after:
                kept.pop(entry.path, None)
                changes[entry.path] = _back(record / str(number), entry.path, entry.before, entry.after)
        for path in SETTINGS:
            if path in kept and MANIFEST in changes and (change := _exchange(before, path, changes[MANIFEST])):
                changes = {path: change, **changes}  # the manifest is the last
                del kept[path]
        if SHARED in kept:
            raise UserError(
                f"cannot go over a state in {target}, because {SHARED} was changed since, as `git pull` does: go back "
                "with git, or run `acolytes update --scope project`",
                Exit.CANNOT,
            )
        before.planned |= {path: change.content for path, change in changes.items()}
        steps.append(Step(list(changes.values()), opposite(target, record)))
    return RollbackPlan(steps, list(kept))


@dataclass
class _Tree:
    """The target as it is after the steps that are planned already."""

    target: Path
    planned: dict[str, bytes | None] = field(default_factory=dict)

    def digest(self, path: str) -> str | None:
        if path not in self.planned:
            return digest(self.target / path)
        content = self.planned[path]
        return None if content is None else sha256(content)

    def content(self, path: str) -> bytes | None:
        file = self.target / path
        return self.planned[path] if path in self.planned else file.read_bytes() if file.is_file() else None


def _exchange(tree: _Tree, path: str, manifest: FileChange) -> FileChange | None:
    """Exchange our entries in a settings file that somebody edited; None where that changes nothing."""
    now, users = tree.content(MANIFEST), tree.content(path)
    if now is None or users is None:
        return None
    place = tree.target / MANIFEST
    then = None if manifest.content is None else decode_manifest(place, manifest.content)
    content = with_entries_of(tree.target / path, users, decode_manifest(place, now), then)
    return None if content == users else FileChange(path, content, sha256(users), 0o600)


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

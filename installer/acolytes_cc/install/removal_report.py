"""What uninstall and rollback report: as JSON for programs, and in lines for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from acolytes_cc.install.report import COUNTED
from acolytes_cc.install.rollback import RollbackPlan


class UninstallReport(NamedTuple):
    """The result of an uninstall, or what it would be."""

    target: Path
    scope: str
    dry_run: bool
    removed: list[str]
    kept: list[str]
    """what stays because the user changed it"""
    purged: list[str]
    """files of quest boards that are deleted, and no rollback brings back"""
    boards: list[str]
    """quest boards that stay"""
    application: str = ""
    """one line about the application itself; empty before it is known"""

    def to_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints."""
        return {
            "target": str(self.target),
            "scope": self.scope,
            "dry_run": self.dry_run,
            "removed": self.removed,
            "kept": self.kept,
            "purged": self.purged,
            "boards": self.boards,
            "application": self.application,
        }

    def lines(self) -> list[str]:
        """The report for a person."""
        kept = _kept_lines(self.kept)
        if self.boards:
            kept.append(f"quest boards stay (--purge deletes them): {', '.join(self.boards)}")
        if self.dry_run:
            removed = [f"  {path}" for path in self.removed]
            head = f"would remove from {self.target}:"
            return [head, *removed, *self.purge_lines(), *kept, "nothing was changed"]
        head = f"removed {len(self.removed)} files, and our entries in the settings, from {self.target}"
        purged = [f"deleted permanently: {path}" for path in self.purged]
        return [head, *purged, *kept, self.application]

    def purge_lines(self) -> list[str]:
        """What the uninstall would delete so that no rollback brings it back."""
        return [f"would delete permanently: {path}" for path in self.purged]


class RollbackReport(NamedTuple):
    """The result of a rollback, or what it would be."""

    target: Path
    dry_run: bool
    plan: RollbackPlan
    application: str | None = None
    """one line about the application itself; None while something is installed"""

    @property
    def restored(self) -> list[str]:
        """The files that are written."""
        return [change.path for change in self.plan.changes if change.content is not None]

    @property
    def removed(self) -> list[str]:
        """The files that are removed."""
        return [change.path for change in self.plan.changes if change.content is None]

    def to_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints."""
        application = {} if self.application is None else {"application": self.application}
        return {
            "target": str(self.target),
            "dry_run": self.dry_run,
            "restored": self.restored,
            "removed": self.removed,
            "kept": self.plan.kept,
            **application,
        }

    def lines(self) -> list[str]:
        """The report for a person, before and after the rollback."""
        lines = [*_change_lines("restored", self.restored), *_change_lines("removed", self.removed)]
        lines += _kept_lines(self.plan.kept)
        lines += [self.application] if self.application else []
        return [f"rollback in {self.target}:", *lines] if lines else [f"nothing to roll back in {self.target}"]


def _kept_lines(paths: Sequence[str]) -> list[str]:
    return [f"  kept, because you changed it: {path}" for path in paths]


def _change_lines(verb: str, paths: Sequence[str]) -> list[str]:
    """One line for each agent and for the settings; the rest is counted, without our own state."""
    seen = [path for path in paths if not path.startswith("acolytes/") or path.startswith("acolytes/hooks/")]
    counted = Counter(COUNTED[part] for path in seen if (part := path.split("/")[0]) in COUNTED)
    lines = [f"  {verb:<9} {path}" for path in seen if path.split("/")[0] not in COUNTED]
    return lines + [f"  {verb:<9} {count} {name}{'s' * (count > 1)}" for name, count in counted.items()]

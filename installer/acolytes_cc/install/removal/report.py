"""What uninstall reports: as JSON for programs, and in lines for a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from acolytes_cc.install.disk.places import DEFINITIONS
from acolytes_cc.install.report_lines import counted_lines


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
    beside: Sequence[str] = ()
    """what else goes, in words"""
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
            "beside": list(self.beside),
            "application": self.application,
        }

    def lines(self) -> list[str]:
        """The report for a person."""
        kept = _kept_lines(self.kept)
        if self.boards:
            kept.append(f"quest boards stay (--purge deletes them): {', '.join(self.boards)}")
        if self.dry_run:
            removed = [
                *counted_lines("would remove", self.removed),
                *(f"  would remove {what}" for what in self.beside),
            ]
            return [f"would uninstall from {self.target}:", *removed, *self.purge_lines(), *kept, "nothing was changed"]
        head = f"removed {len(self.removed)} files, and our entries in the settings, from {self.target}"
        purged = [f"deleted permanently: {path}" for path in self.purged]
        return [head, *purged, *kept, self.application]

    def plan_lines(self) -> list[str]:
        """What is not obvious from the question whether to remove everything."""
        return [*self.purge_lines(), *(f"  would stay   {path}: you changed it" for path in self.kept)]

    def purge_lines(self) -> list[str]:
        """What the uninstall would delete so that no rollback brings it back."""
        return [f"would delete permanently: {path}" for path in self.purged]


def _kept_lines(paths: Sequence[str]) -> list[str]:
    lines = [f"  kept, because you changed it: {path}" for path in paths]
    if any(path.startswith(DEFINITIONS) for path in paths):
        lines.append("  Claude Code still uses the kept agents and skills. Move them away before you install again.")
    return lines

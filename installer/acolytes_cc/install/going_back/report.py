"""What rollback and forward report: as JSON for programs, and in lines for a person."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from acolytes_cc.install.disk.manifest import decode_manifest
from acolytes_cc.install.disk.places import MANIFEST, Places, location_arguments
from acolytes_cc.install.going_back.plan import RollbackPlan
from acolytes_cc.install.report_lines import counted_lines
from acolytes_cc.install.transaction.records import AHEAD


class RollbackReport(NamedTuple):
    """The result of going to another state, or what it would be."""

    places: Places
    stack: str
    distance: int
    dry_run: bool
    plan: RollbackPlan
    from_version: str | None
    """the version of the files before; None where nothing is installed"""
    application: str | None = None
    """one line about the application itself; None while something is installed"""
    beside: Sequence[str] = ()
    """what else goes, in words"""

    @property
    def question(self) -> str:
        """What the user is asked."""
        return f"Go {self._way} in {self.places.target}{self._versions}?"

    @property
    def restored(self) -> list[str]:
        """The files that are written."""
        return [change.path for change in self.plan.changes if change.content is not None]

    @property
    def removed(self) -> list[str]:
        """The files that are removed."""
        return [change.path for change in self.plan.changes if change.content is None]

    @property
    def version(self) -> str | None:
        """The version of the files afterwards; None where nothing is installed then."""
        manifest = next((change for change in self.plan.changes if change.path == MANIFEST), None)
        if manifest is None:
            return self.from_version
        return (
            None
            if manifest.content is None
            else decode_manifest(self.places.target / MANIFEST, manifest.content).version
        )

    def to_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints."""
        application = {} if self.application is None else {"application": self.application}
        return {
            "target": str(self.places.target),
            "from_version": self.from_version,
            "version": self.version,
            "dry_run": self.dry_run,
            "restored": self.restored,
            "removed": self.removed,
            "kept": self.plan.kept,
            "beside": list(self.beside),
            **application,
        }

    def plan_lines(self) -> list[str]:
        """What would be done."""
        return [
            *counted_lines("would restore", self._without_kept(self.restored)),
            *counted_lines("would remove ", self._without_kept(self.removed)),
            *(f"  would remove {what}" for what in self.beside),
            *(f"  would {line}" for line in self._kept_lines(("stay", "be restored", "stay"))),
        ]

    def lines(self) -> list[str]:
        """The report for a person."""
        place = f"{self._way} in {self.places.target}{self._versions}"
        if self.dry_run:
            return [f"would go {place}:", *self.plan_lines(), "nothing was changed"]
        lines = [
            f"went {place}:",
            *counted_lines("restored ", self._without_kept(self.restored)),
            *counted_lines("removed  ", self._without_kept(self.removed)),
            *(f"  {line}" for line in self._kept_lines(("kept", "restored", "stays"))),
        ]
        if self.application:
            return [*lines, self.application]
        other = "rollback" if self.stack == AHEAD else "forward"
        count = "" if self.distance == 1 else f" {self.distance}"
        return [*lines, f"`acolytes {other}{count}{location_arguments(self.places)}` undoes this"]

    def _without_kept(self, paths: list[str]) -> list[str]:
        return [path for path in paths if path not in self.plan.kept]

    def _kept_lines(self, verbs: tuple[str, str, str]) -> Iterator[str]:
        """A line for each file that is not as it was in that state, because the user changed it."""
        stays, is_restored, stays_deleted = verbs
        changes = {change.path: change.content for change in self.plan.changes}
        for path in self.plan.kept:
            if changes.get(path) is not None:  # a change that is gone over had merged the user's text
                yield f"{is_restored} with your change: {path}"
            elif path in changes or not os.path.lexists(self.places.target / path):
                yield f"{stays_deleted} deleted, because you deleted it: {path}"
            else:
                yield f"{stays}, because you changed it: {path}"

    @property
    def _versions(self) -> str:
        """Both versions in parentheses, when they differ."""
        is_same = None in (self.from_version, self.version) or self.from_version == self.version
        return "" if is_same else f" ({self.from_version} -> {self.version})"

    @property
    def _way(self) -> str:
        way = "ahead" if self.stack == AHEAD else "back"
        return f"{way} {self.distance} {'state' if self.distance == 1 else 'states'}"

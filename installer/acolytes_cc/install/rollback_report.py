"""What rollback and forward report: as JSON for programs, and in lines for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from acolytes_cc.install.records import AHEAD
from acolytes_cc.install.report import COUNTED
from acolytes_cc.install.rollback import RollbackPlan


class RollbackReport(NamedTuple):
    """The result of going to another state, or what it would be."""

    target: Path
    stack: str
    distance: int
    dry_run: bool
    plan: RollbackPlan
    application: str | None = None
    """one line about the application itself; None while something is installed"""

    @property
    def question(self) -> str:
        """What the user is asked."""
        return f"Go {self._way} in {self.target}?"

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

    def plan_lines(self) -> list[str]:
        """What would be done."""
        return [
            *_lines("would restore", self.restored),
            *_lines("would remove ", self.removed),
            *(f"  would stay, because you changed it: {path}" for path in self.plan.kept),
        ]

    def lines(self) -> list[str]:
        """The report for a person."""
        if self.dry_run:
            return [f"would go {self._way} in {self.target}:", *self.plan_lines(), "nothing was changed"]
        lines = [
            f"went {self._way} in {self.target}:",
            *_lines("restored ", self.restored),
            *_lines("removed  ", self.removed),
            *(f"  kept, because you changed it: {path}" for path in self.plan.kept),
        ]
        if self.application:
            return [*lines, self.application]
        other = "rollback" if self.stack == AHEAD else "forward"
        return [*lines, f"`acolytes {other}` undoes this"]

    @property
    def _way(self) -> str:
        way = "ahead" if self.stack == AHEAD else "back"
        return f"{way} {self.distance} {'state' if self.distance == 1 else 'states'}"


def _lines(verb: str, paths: Sequence[str]) -> list[str]:
    """One line for each agent and for the settings; the rest is counted, without our own state."""
    seen = [path for path in paths if not path.startswith("acolytes/") or path.startswith("acolytes/hooks/")]
    counted = Counter(COUNTED[part] for path in seen if (part := path.split("/")[0]) in COUNTED)
    lines = [f"  {verb} {path}" for path in seen if path.split("/")[0] not in COUNTED]
    return lines + [f"  {verb} {count} {name}{'s' * (count > 1)}" for name, count in counted.items()]

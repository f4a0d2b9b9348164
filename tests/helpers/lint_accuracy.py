"""Counts how often the linter agrees with the real client: ``python tests/helpers/lint_accuracy.py``.

``client-ground-truth.json`` in ``tests/lint/data`` has small projects, and what the client did with each of them: DROP
(not loaded), CHANGE (loaded, but the client ignores or changes something) and OK (works as written).
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acolytes_cc.errors import UserError
from acolytes_cc.lint.api import lint_paths

# Rules that give advice: the client applies as written what they report.
ADVICE = frozenset({"description-trigger", "description-length", "body-length"})
GROUND_TRUTH = Path(__file__).parents[1] / "lint" / "data" / "client-ground-truth.json"


@dataclass(frozen=True)
class ProjectResult:
    """One project: what the client did with it, and the findings of the linter as `file:line severity name`."""

    id: str
    observed: str
    findings: tuple[str, ...]

    @property
    def has_error(self) -> bool:
        return any(" error " in finding for finding in self.findings)

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The findings that are not advice."""
        return tuple(finding for finding in self.findings if finding.rsplit(" ", 1)[1] not in ADVICE)

    @property
    def is_reported(self) -> bool:
        return bool(self.mistakes)


def projects() -> list[dict[str, Any]]:
    """The projects in the file."""
    loaded: list[dict[str, Any]] = json.loads(GROUND_TRUTH.read_text("utf-8"))
    return loaded


def write_project(project: dict[str, Any], root: Path) -> Path:
    """Write a project's files below ``root``."""
    for name, file in project["files"].items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        match file:
            case {"symlink": target}:
                path.symlink_to(target)
            case {"base64": encoded}:
                path.write_bytes(base64.b64decode(encoded))
            case text:
                path.write_bytes(text.encode())
    return root


def lint_projects(root: Path) -> Iterator[ProjectResult]:
    """Lint every project, each in a folder of its own below ``root``."""
    for project in projects():
        folder = write_project(project, root / project["id"])
        try:
            findings = lint_paths([folder]).findings
        except UserError:
            findings = ()
        lines = tuple(
            f"{Path(finding.path).relative_to(folder)}:{finding.line} {finding.severity} {finding.name}"
            for finding in findings
        )
        yield ProjectResult(project["id"], project["class"], lines)


def table(results: list[ProjectResult]) -> str:
    """For each class, the number of projects with an error, and with an error or a warning that is not advice."""
    lines = ["class   projects  error  error or warning"]
    for observed in ("DROP", "CHANGE", "OK"):
        of_class = [case for case in results if case.observed == observed]
        errors, reported = sum(case.has_error for case in of_class), sum(case.is_reported for case in of_class)
        lines.append(f"{observed:<7} {len(of_class):>8} {errors:>6} {reported:>17}")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print the table, and the projects whose findings are wrong or missing."""
    with tempfile.TemporaryDirectory() as folder:
        results = list(lint_projects(Path(folder)))
    print(table(results), end="")
    for case in results:
        if case.has_error if case.observed == "OK" else not case.is_reported:
            print(f"  {case.observed} {case.id} {'; '.join(case.findings)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""How often the linter agrees with the real client: ``python tests/lint/lint_accuracy.py``.

``data/client-ground-truth.json`` holds small projects and what the client did with each: DROP (not loaded), CHANGE
(loaded, but something declared is not honoured) and OK (works as written).
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

GROUND_TRUTH = Path(__file__).parent / "data" / "client-ground-truth.json"


@dataclass(frozen=True)
class Judged:
    """One project: the client's class, and the rules that reported an error."""

    id: str
    observed: str
    errors: tuple[str, ...]


def projects() -> list[dict[str, Any]]:
    """The projects as they stand in the file."""
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


def judge(root: Path) -> Iterator[Judged]:
    """Lint every project, each in a folder of its own below ``root``."""
    for project in projects():
        folder = write_project(project, root / project["id"])
        try:
            findings = lint_paths([folder]).findings
        except UserError:
            findings = ()
        errors = tuple(sorted({found.name for found in findings if found.severity == "error"}))
        yield Judged(project["id"], project["class"], errors)


def main() -> int:
    """Print the number caught of each class, and what was missed or wrongly reported."""
    with tempfile.TemporaryDirectory() as folder:
        judged = list(judge(Path(folder)))
    for observed in ("DROP", "CHANGE", "OK"):
        of_class = [case for case in judged if case.observed == observed]
        reported = [case for case in of_class if case.errors]
        print(f"{observed}: {len(reported)} of {len(of_class)} with an error")
        for case in of_class:
            if (case.observed == "OK") == bool(case.errors):
                print(f"  {case.id} {' '.join(case.errors)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Public reports as small projects, and the linter's verdict on them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acolytes_cc.errors import UserError
from acolytes_cc.lint.api import lint_paths

REPORTS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "lint" / "data" / "reports.json").read_text("utf-8")
)
# They advise: what they speak of works. A missing description is replaced by the first line (ACO530).
_ADVICE = ("ACO111", "ACO114", "ACO301", "ACO308", "ACO309", "ACO530")


def write_files(project: Path, files: Mapping[str, str]) -> Path:
    """Write the files of a report; ``@PROJECT@`` in them is the folder itself."""
    for path, text in files.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text.replace("@PROJECT@", str(project)), "utf-8")
    return project


def verdict(kind: str, project: Path) -> str:
    """One word: caught or missed for what does not work, silent, warned or false error for what works."""
    try:
        findings = [one for one in lint_paths([project]).findings if one.rule not in _ADVICE]
    except UserError:  # there is nothing to check
        findings = []
    severities = {one.severity for one in findings}
    if kind == "OK":
        return "false error" if "error" in severities else "warned" if "warning" in severities else "silent"
    return "caught" if severities & {"error", "warning"} else "missed"

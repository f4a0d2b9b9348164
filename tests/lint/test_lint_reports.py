"""Public reports of files that did not work: each is caught, and what works in the client has no error.

`python bench/lint_public_reports.py --observe` writes the classes from what the real client does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lint_reports import REPORTS, verdict, write_files

# They work, and the linter truly says that the client ignores something or waits for long.
WARNED = {
    *("agent-for-the-main-session", "command-tool-lower-case", "hook-timeout-in-milliseconds"),
    *("plugin-repository-object", "plugin-unknown-keys", "skill-tools-of-others"),
}


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: str(report["id"]))
def test_a_report_is_caught_or_rightly_silent(report: dict[str, Any], tmp_path: Path) -> None:
    expected = "caught" if report["class"] == "DROP" else "warned" if report["id"] in WARNED else "silent"
    assert verdict(report["class"], write_files(tmp_path / "project", report["files"])) == expected, report["url"]


def test_the_reports_are_of_both_classes_and_each_is_there_once() -> None:
    classes = [report["class"] for report in REPORTS]
    assert len(REPORTS) >= 125
    assert min(classes.count("DROP"), classes.count("OK")) >= 25
    assert len({report["id"] for report in REPORTS}) == len(REPORTS)
    assert len({report["url"] for report in REPORTS}) >= 30

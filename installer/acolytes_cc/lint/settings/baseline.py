"""The findings that a project knows of and lives with: only what is not among them is reported.

They are told by file, rule and message, not by line, so that an edit elsewhere in a file does not bring them back.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from acolytes_cc.errors import UserError
from acolytes_cc.lint.finding import Finding, Report

_KEYS = ("path", "rule", "message")


def without_known(report: Report, baseline: Path) -> Report:
    """The report without what the file ``baseline`` holds; raises UserError when that cannot be read."""
    known = _read(baseline)
    left = [finding for finding in report.findings if not _take(known, _entry(finding, baseline))]
    found = len(report.findings) - len(left)
    return replace(report, findings=tuple(left), known=found, stale=known.total())


def baseline_text(findings: Sequence[Finding], baseline: Path) -> str:
    """What the file ``baseline`` has to hold so that none of the findings is reported."""
    counts = Counter(_entry(finding, baseline) for finding in findings)
    entries = [dict(zip((*_KEYS, "count"), (*entry, count), strict=True)) for entry, count in sorted(counts.items())]
    return json.dumps({"version": 1, "findings": entries}, indent=1, ensure_ascii=False) + "\n"


def _take(known: Counter[tuple[str, ...]], entry: tuple[str, ...]) -> bool:
    if not known[entry]:
        return False
    known[entry] -= 1
    return True


def _entry(finding: Finding, baseline: Path) -> tuple[str, ...]:
    path = os.path.relpath(finding.path, baseline.parent).replace(os.sep, "/")
    return (path.encode("utf-8", "backslashreplace").decode(), finding.rule, finding.message)


def _read(baseline: Path) -> Counter[tuple[str, ...]]:
    try:
        data = json.loads(baseline.read_text("utf-8"))
        return Counter({tuple(str(one[key]) for key in _KEYS): int(one["count"]) for one in data["findings"]})
    except FileNotFoundError:
        raise UserError(f"there is no baseline {baseline}; write one with --write-baseline {baseline}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{baseline} is no baseline ({error}); write it again with --write-baseline") from None

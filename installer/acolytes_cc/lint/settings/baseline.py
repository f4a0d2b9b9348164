"""The baseline: a file of accepted findings, which are not reported.

They are compared by file, rule and message, not by line, so that an edit elsewhere in a file does not bring them back.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from acolytes_cc.errors import UserError
from acolytes_cc.lint.finding import Finding, LintReport

_KEYS = ("path", "rule", "message")


def without_baseline(report: LintReport, baseline: Path) -> LintReport:
    """Return the report without the findings in the file ``baseline``; raises UserError if it cannot be read."""
    accepted = _read(baseline)
    reported = []
    for finding in report.findings:
        entry = _entry(finding, baseline)
        if accepted[entry]:
            accepted[entry] -= 1
        else:
            reported.append(finding)
    in_baseline = len(report.findings) - len(reported)
    return replace(report, findings=tuple(reported), in_baseline=in_baseline, stale=accepted.total())


def baseline_text(findings: Sequence[Finding], baseline: Path) -> str:
    """Return the content of the file ``baseline`` with which none of the findings is reported."""
    counts = Counter(_entry(finding, baseline) for finding in findings)
    entries = [dict(zip((*_KEYS, "count"), (*entry, count), strict=True)) for entry, count in sorted(counts.items())]
    return json.dumps({"version": 1, "findings": entries}, indent=1, ensure_ascii=False) + "\n"


def _entry(finding: Finding, baseline: Path) -> tuple[str, ...]:
    path = os.path.relpath(finding.path, baseline.parent).replace(os.sep, "/")
    return (path.encode("utf-8", "backslashreplace").decode(), finding.rule, finding.message)


def _read(baseline: Path) -> Counter[tuple[str, ...]]:
    try:
        data = json.loads(baseline.read_text("utf-8"))
        return Counter({tuple(str(entry[key]) for key in _KEYS): int(entry["count"]) for entry in data["findings"]})
    except FileNotFoundError:
        raise UserError(f"baseline {baseline} does not exist; make it with --write-baseline {baseline}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{baseline} is not a baseline ({error}); make it again with --write-baseline") from None

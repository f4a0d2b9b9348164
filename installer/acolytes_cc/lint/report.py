"""A report as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections import Counter

from acolytes_cc.definitions.files import Reason
from acolytes_cc.lint.engine import Report
from acolytes_cc.lint.neutral import neutral

_REASONS: dict[Reason, str] = {
    "outside_agents": "outside the agents folders",
    "skill": "of skills",
    "no_frontmatter": "without frontmatter",
}


def text_report(report: Report) -> str:
    """One line a finding, ``path:line:column: severity CODE name: message``, and a last line that counts."""
    lines = [
        f"{neutral(found.path)}:{found.line}:{found.column}: "
        f"{found.severity} {found.rule} {found.name}: {found.message}"
        for found in report.findings
    ]
    summary = report.to_json()["summary"]
    counts = [_count(number, severity) for severity, number in summary["by_severity"].items() if number]
    skipped = f"; {skipped_text(report.skipped)}" if report.skipped else ""
    lines.append(f"{_count(report.files, 'file')}: {', '.join(counts) or 'no findings'}{skipped}")
    return "\n".join(lines) + "\n"


def skipped_text(skipped: Counter[Reason]) -> str:
    """How many Markdown files were not checked, and why."""
    reasons = ", ".join(f"{skipped[reason]} {words}" for reason, words in _REASONS.items() if skipped[reason])
    return f"{_count(skipped.total(), 'Markdown file')} not checked: {reasons}"


def json_report(report: Report) -> str:
    """One JSON object with ``findings`` and ``summary``."""
    return json.dumps(report.to_json(), indent=1) + "\n"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 or noun == "info" else f"{number} {noun}s"

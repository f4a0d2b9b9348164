"""A report as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from acolytes_cc.definitions.files import SkipReason
from acolytes_cc.lint.finding import Finding, Report
from acolytes_cc.lint.printable import printable

_REASONS: dict[SkipReason, str] = {
    "outside_agents": "outside the agents folders",
    "skill": "of skills",
    "no_frontmatter": "without frontmatter",
}


def concise_lines(report: Report) -> Iterator[str]:
    """One line a finding, ``path:line:column: severity CODE name: message``, and a last line that counts."""
    yield from map(concise, report.findings)
    yield from last_lines(report)


def concise(found: Finding) -> str:
    """A finding on one line."""
    place = f"{printable(found.path)}:{found.line}:{found.column}"
    return f"{place}: {found.severity} {found.rule} {found.name}: {found.message}"


def last_lines(report: Report) -> Iterator[str]:
    """What was counted, and what can be mended; the very last line begins with the number of files."""
    if report.stale:
        yield f"the baseline holds {report.stale} that are gone: renew it with --write-baseline"
    counts = [_count(number, severity) for severity, number in report.by_severity().items() if number]
    told = [f"{_count(report.files, 'file')}: {', '.join(counts) or 'no findings'}"]
    told += [f"{report.suppressed} suppressed"] if report.suppressed else []
    told += [f"{report.known} in the baseline"] if report.known else []
    told += [skipped_text(report.skipped)] if report.skipped else []
    safe, unsafe = (sum(found.fixable == kind for found in report.findings) for kind in ("safe", "unsafe"))
    fixable = [f"{number} by {how}" for number, how in ((safe, "--fix"), (unsafe, "--fix --unsafe")) if number]
    told += [f"can be fixed: {', '.join(fixable)}"] if fixable else []
    yield "; ".join(told)


def skipped_text(skipped: Counter[SkipReason]) -> str:
    """How many Markdown files were not checked, and why."""
    reasons = ", ".join(f"{skipped[reason]} {words}" for reason, words in _REASONS.items() if skipped[reason])
    return f"{_count(skipped.total(), 'Markdown file')} not checked: {reasons}"


def json_report(report: Report) -> str:
    """One JSON object with ``findings`` and ``summary``."""
    return json.dumps(report.to_json(), indent=1) + "\n"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 or noun == "info" else f"{number} {noun}s"

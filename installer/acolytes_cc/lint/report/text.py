"""A report as lines of text, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, get_args

from acolytes_cc.definitions.files import SkipReason
from acolytes_cc.lint.choices import Severity
from acolytes_cc.lint.finding import Finding, LintReport
from acolytes_cc.lint.printable import printable
from acolytes_cc.terminal import painted

MOST_NAMED = 3
"""More rules than this are not named in one line."""
_REASONS: dict[SkipReason, str] = {
    "outside_agents": "outside the agents folders",
    "skill": "of skills",
    "no_frontmatter": "without frontmatter",
}


def concise_lines(report: LintReport, *, colour: bool = False) -> Iterator[str]:
    """Yield a line for each finding, ``path:line:column: severity CODE name: message``, and the last lines."""
    # of a hundred thousand findings: what several have in common is made once
    severities = {severity: painted(severity, severity) if colour else severity for severity in get_args(Severity)}
    for path, findings in groupby(report.findings, itemgetter(0)):
        file = printable(path)
        yield from _of_file(file, findings, severities)
    yield from last_lines(report)


def concise(finding: Finding) -> str:
    """Return a finding as one line."""
    return _of_file(printable(finding.path), [finding], {finding.severity: finding.severity})[0]


def _of_file(file: str, findings: Iterable[Finding], severities: Mapping[Severity, str]) -> list[str]:
    """The lines of one file, for which a function of a line would take half as long again."""
    return [
        f"{file}:{line}:{column}: {severities[severity]} {rule} {name}: {message}"
        for _, line, column, rule, name, severity, message, _, _ in findings
    ]


def last_lines(report: LintReport) -> Iterator[str]:
    """Yield what fixes there are, and the counts; the very last line begins with the number of files."""
    if report.stale:
        yield f"gone since the baseline: {counted(report.stale, 'finding')}; renew it with --write-baseline"
    offered = list(_fixes(report.findings))
    if offered:
        yield f"fixes: {', '.join(offered)}"
    counts = [counted(number, severity) for severity, number in report.by_severity().items() if number]
    parts = [f"{counted(report.files, 'file')}: {', '.join(counts) or 'no findings'}"]
    parts += [f"{report.suppressed} suppressed"] if report.suppressed else []
    parts += [f"{report.in_baseline} in the baseline"] if report.in_baseline else []
    parts += [skipped_text(report.skipped)] if report.skipped else []
    yield "; ".join(parts)


def _fixes(findings: Iterable[Finding]) -> Iterator[str]:
    """How many fixes are offered, and by which options. Each is tried only then, so not each may be made."""
    offered = Counter(finding.fixable for finding in findings if finding.fixable)
    if offered["safe"]:
        yield f"{offered['safe']} with --fix"
    if offered["unsafe"]:
        rules = unsafe_rules(findings)
        if len(rules) <= MOST_NAMED:
            yield f"{offered['unsafe']} with --fix --unsafe {','.join(rules)}"
        else:
            yield f"{offered['unsafe']} with --fix --unsafe RULES (--fix --unsafe lists the {len(rules)} rules)"


def unsafe_rules(findings: Iterable[Finding]) -> list[str]:
    """The names of the rules that offer unsafe fixes of some findings."""
    return sorted({finding.name for finding in findings if finding.fixable == "unsafe"})


def skipped_text(skipped: Counter[SkipReason]) -> str:
    """Return how many Markdown files were not checked, and why."""
    reasons = ", ".join(f"{skipped[reason]} {words}" for reason, words in _REASONS.items() if skipped[reason])
    return f"{counted(skipped.total(), 'Markdown file')} not checked: {reasons}"


def json_report(report: LintReport, *, only_counts: bool = False, **parts: Any) -> str:
    """Return one JSON object with ``findings``, unless only the counts are wanted, ``summary`` and further parts."""
    whole = {"summary": report.summary()} if only_counts else report.to_json()
    return json.dumps(whole | parts, indent=1) + "\n"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}" if number == 1 or noun == "info" else f"{number} {noun}s"


def shortened(text: str, width: int) -> str:
    """Return the beginning of a text that is longer than ``width``."""
    return text if len(text) <= width else text[: width - 1] + "…"

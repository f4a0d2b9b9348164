"""Whether the linter's verdict on a file is what the client did with it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from acolytes_cc.doctor.verification.outcome import Outcome
from acolytes_cc.lint.catalogue import ADVICE, rules_by_code
from acolytes_cc.lint.finding import Finding, LintReport

# How an error says that the client does not load the file
_DROPS = re.compile(
    r"do(?:es)? not load (?:it\b|(?:the|this) (?:agent|skill|command|file|plugin))"
    r"|the plugin does not load|plugin cannot be installed|marketplace cannot be added"
    r"|ignores the whole file|finds no skill here|does not read"
)


class Comparison(NamedTuple):
    """What the client did with a file, and what the linter says of it.

    Attributes:
        outcome: What the client did.
        findings: The errors and warnings of the linter that are no advice.
        agree: Whether both say the same; None if the client's part could not be observed.
    """

    outcome: Outcome
    findings: tuple[Finding, ...]
    agree: bool | None

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        return {
            "path": self.outcome.path,
            "client": self.outcome.state,
            "details": list(self.outcome.details),
            "lint": [f"{finding.severity} {finding.rule} {finding.name}" for finding in self.findings],
            "agree": self.agree,
        }


def compare(outcomes: Iterable[Outcome], report: LintReport) -> list[Comparison]:
    """Hold each outcome against the findings of the same file."""
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        if _counts(finding):
            findings[finding.path].append(finding)
    return [_comparison(outcome, tuple(findings[outcome.path])) for outcome in outcomes]


def says_dropped(findings: Iterable[Finding]) -> bool:
    """Whether an error says that the client does not load the file."""
    return any(finding.severity == "error" and _DROPS.search(finding.message) for finding in findings)


def _comparison(outcome: Outcome, findings: tuple[Finding, ...]) -> Comparison:
    if outcome.state == "not observed":
        return Comparison(outcome, findings, None)
    # a run does not show every field, so a finding about a file that is loaded is not refuted
    agree = not says_dropped(findings) if outcome.state == "loaded" else bool(findings)
    return Comparison(outcome, findings, agree)


def _counts(finding: Finding) -> bool:
    rule = rules_by_code()[finding.rule]
    return finding.severity != "info" and finding.name not in ADVICE and rule.PERSONA == "regular"

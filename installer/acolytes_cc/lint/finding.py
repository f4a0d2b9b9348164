"""The results of a run: findings, what is kept of each file, and the report of all files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple, get_args

from acolytes_cc.definitions.files import SkipReason
from acolytes_cc.lint.choices import Confidence, Fixable, Severity
from acolytes_cc.lint.context.project import FileSummary
from acolytes_cc.lint.context.suppressions import Suppression
from acolytes_cc.lint.context.surroundings import Surroundings


class Finding(NamedTuple):
    """One problem in one file.

    Attributes:
        path: The file, as it was named or found.
        line: The line, from 1.
        column: The column in characters, from 1.
        rule: The rule's code, such as ``ACO201``.
        name: The rule's name, such as ``tool-alias``.
        severity: How much it weighs, after the user's settings.
        message: One line.
        confidence: How sure the rule is.
        fixable: What ``--fix`` can do: nothing if it is empty.
    """

    path: str
    line: int
    column: int
    rule: str
    name: str
    severity: Severity
    message: str
    confidence: Confidence = "high"
    fixable: Fixable = ""


class FileResult(NamedTuple):
    """What follows from one file alone, before the user's settings are applied. The cache keeps it.

    Attributes:
        findings: The findings by place, each with the severity of its rule.
        summary: What project rules need to know of the file.
        suppressions: What comments in the file switch off.
    """

    findings: tuple[Finding, ...]
    summary: FileSummary
    suppressions: tuple[Suppression, ...]


@dataclass(frozen=True)
class LintReport:
    """All findings of a run, and its counts.

    Attributes:
        findings: The findings, sorted.
        files: How many files were checked.
        skipped: How many Markdown files were not checked, by the reason.
        suppressed: How many findings were switched off by comments.
        in_baseline: How many findings are in the baseline and therefore not reported.
        stale: How many entries of the baseline matched no finding.
        listed_tokens: Tokens that are always in the context of the main agent.
        body_tokens: Tokens in the contexts of the agents.
        surroundings: What the rules looked at outside the files.
    """

    findings: tuple[Finding, ...]
    files: int
    skipped: Counter[SkipReason] = field(default_factory=Counter)
    suppressed: int = 0
    in_baseline: int = 0
    stale: int = 0
    listed_tokens: int = 0
    body_tokens: int = 0
    surroundings: Surroundings = field(default_factory=Surroundings, compare=False, repr=False)

    @property
    def has_errors(self) -> bool:
        """Whether a finding has the severity ``error``."""
        return any(finding.severity == "error" for finding in self.findings)

    def by_severity(self) -> dict[Severity, int]:
        """Return the number of findings of each severity, zeros included."""
        severities = Counter(finding.severity for finding in self.findings)
        return {severity: severities[severity] for severity in get_args(Severity)}

    def summary(self) -> dict[str, Any]:
        """Return the counts, as ``acolytes lint --json`` prints them."""
        return {
            "files": self.files,
            "skipped": {reason: self.skipped[reason] for reason in get_args(SkipReason)},
            "files_with_findings": len({finding.path for finding in self.findings}),
            "findings": len(self.findings),
            "fixable": dict(sorted(Counter(finding.fixable for finding in self.findings if finding.fixable).items())),
            "suppressed": self.suppressed,
            "baseline": {"known": self.in_baseline, "stale": self.stale},
            "tokens": {"listed": self.listed_tokens, "bodies": self.body_tokens},
            "by_severity": self.by_severity(),
            "by_rule": dict(sorted(Counter(finding.rule for finding in self.findings).items())),
        }

    def to_json(self) -> dict[str, Any]:
        """Return the report as the JSON object that ``acolytes lint --json`` prints."""
        return {"findings": [finding._asdict() for finding in self.findings], "summary": self.summary()}

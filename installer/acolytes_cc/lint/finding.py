"""What a run of the linter says: findings, and a report of all of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

from acolytes_cc.definitions.files import SkipReason
from acolytes_cc.lint.rule import Confidence, Severity

Fixable = Literal["safe", "unsafe", ""]


class Finding(NamedTuple):
    """One problem in one file; line and column count from 1, columns in characters.

    ``fixable`` says what `--fix` can do: nothing when it is empty.
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


@dataclass(frozen=True)
class Report:
    """The findings, sorted, how many files were read, and how many Markdown files were not, and why.

    ``suppressed`` findings were switched off in their files, ``known`` ones stand in the baseline, of which ``stale``
    entries found nothing any more. ``listed_tokens`` are always in the main agent's context, ``body_tokens`` in those
    of the agents. ``looked_around``: the findings may depend on more than the files themselves.
    """

    findings: tuple[Finding, ...]
    files: int
    skipped: Counter[SkipReason] = field(default_factory=Counter)
    suppressed: int = 0
    known: int = 0
    stale: int = 0
    listed_tokens: int = 0
    body_tokens: int = 0
    looked_around: bool = False

    @property
    def has_errors(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)

    def by_severity(self) -> dict[Severity, int]:
        """How many findings there are of each severity, also of those without."""
        severities = Counter(finding.severity for finding in self.findings)
        return {severity: severities[severity] for severity in get_args(Severity)}

    def summary(self) -> dict[str, Any]:
        """The counts, as ``acolytes lint --json`` prints them."""
        return {
            "files": self.files,
            "skipped": {reason: self.skipped[reason] for reason in get_args(SkipReason)},
            "files_with_findings": len({finding.path for finding in self.findings}),
            "findings": len(self.findings),
            "fixable": dict(sorted(Counter(finding.fixable for finding in self.findings if finding.fixable).items())),
            "suppressed": self.suppressed,
            "baseline": {"known": self.known, "stale": self.stale},
            "tokens": {"listed": self.listed_tokens, "bodies": self.body_tokens},
            "by_severity": self.by_severity(),
            "by_rule": dict(sorted(Counter(finding.rule for finding in self.findings).items())),
        }

    def to_json(self) -> dict[str, Any]:
        """The report as the JSON object that ``acolytes lint --json`` prints."""
        return {"findings": [finding._asdict() for finding in self.findings], "summary": self.summary()}

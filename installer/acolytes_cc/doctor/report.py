"""The doctor's report, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import dropwhile
from typing import Any

from acolytes_cc.doctor.live_report import LiveReport
from acolytes_cc.doctor.results import CheckFact, CheckFinding, CheckResult, CheckSeverity
from acolytes_cc.lint.printable import printable

_ORDER: tuple[CheckSeverity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """The results of all checks, and the report of ``--live`` if it was used."""

    results: Sequence[CheckResult]
    live: LiveReport | None = None

    @property
    def findings(self) -> list[CheckFinding]:
        """All findings, errors first."""
        findings = [result for result in self.results if isinstance(result, CheckFinding)]
        findings += self.live.findings if self.live else []
        return sorted(findings, key=lambda finding: _ORDER.index(finding.severity))

    @property
    def facts(self) -> list[CheckFact]:
        """Everything that is right and worth a line."""
        return [result for result in self.results if isinstance(result, CheckFact)]

    @property
    def is_healthy(self) -> bool:
        """Whether there is no error."""
        return not any(finding.severity == "error" for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints."""
        counts = Counter(finding.severity for finding in self.findings)
        return {
            "healthy": self.is_healthy,
            "findings": [asdict(finding) for finding in self.findings],
            "facts": {fact.check: fact.text for fact in self.facts},
            "summary": {severity: counts[severity] for severity in _ORDER},
            "live": self.live.to_json() if self.live else None,
        }

    def lines(self) -> list[str]:
        """For a person: facts, the table of ``--live``, each finding with its fix, and a verdict at the end."""
        lines = [f"{fact.check:<14}{printable(fact.text)}" for fact in self.facts]
        lines += self.live.lines() if self.live else []
        printed: set[str] = set()
        for finding in self.findings:
            lines.append(f"{finding.severity:<9}{finding.check}: {printable(finding.message)}")
            lines += [f"         at   {printable(finding.path)}"] if finding.path else []
            lines.append(f"         fix  {printable(finding.fix)}")
            # what is above mends this finding too, up to the first new command
            new = list(dropwhile(printed.__contains__, finding.commands))
            printed.update(new)
            lines += [f"         run  {printable(command)}" for command in new]
        counts = Counter(finding.severity for finding in self.findings)
        summary = [f"{counts[one]} {_plural(one, counts[one])}" for one in _ORDER if counts[one]]
        verdict = "healthy" if self.is_healthy else "not healthy"
        return [*lines, verdict + (f": {', '.join(summary)}" if summary else "")]


def _plural(severity: CheckSeverity, count: int) -> str:
    return severity if count == 1 or severity == "info" else f"{severity}s"

"""The doctor's report, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from acolytes_cc.doctor.finding import Fact, Finding, Result, Severity
from acolytes_cc.doctor.proof import Proof
from acolytes_cc.lint.printable import printable

_ORDER: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class Report:
    """What was found; ``proof`` is that of ``--live``."""

    results: Sequence[Result]
    proof: Proof | None = None

    @property
    def findings(self) -> list[Finding]:
        """All findings, errors first."""
        found = [result for result in self.results if isinstance(result, Finding)]
        found += self.proof.findings if self.proof else []
        return sorted(found, key=lambda finding: _ORDER.index(finding.severity))

    @property
    def healthy(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        counts = Counter(finding.severity for finding in self.findings)
        return {
            "healthy": self.healthy,
            "findings": [asdict(finding) for finding in self.findings],
            "facts": {fact.check: fact.text for fact in self.results if isinstance(fact, Fact)},
            "summary": {severity: counts[severity] for severity in _ORDER},
            "live": self.proof.to_json() if self.proof else None,
        }

    def lines(self) -> list[str]:
        """For a person: facts, the live table, each finding with its remedy, and one line at the end."""
        lines = [f"{fact.check:<14}{printable(fact.text)}" for fact in self.results if isinstance(fact, Fact)]
        lines += self.proof.lines() if self.proof else []
        for finding in self.findings:
            lines.append(f"{finding.severity:<9}{finding.check}: {printable(finding.message)}")
            lines += [f"         at   {printable(finding.path)}"] if finding.path else []
            lines.append(f"         fix  {printable(finding.fix)}")
        counts = Counter(finding.severity for finding in self.findings)
        told = [f"{counts[severity]} {_plural(severity, counts[severity])}" for severity in _ORDER if counts[severity]]
        return [*lines, ("healthy" if self.healthy else "not healthy") + (f": {', '.join(told)}" if told else "")]


def _plural(severity: Severity, count: int) -> str:
    return severity if count == 1 or severity == "info" else f"{severity}s"

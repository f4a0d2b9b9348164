"""The agent definitions that the client would load, linted."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.results import CheckFinding, CheckResult
from acolytes_cc.lint.api import lint_subject


def lint(inspection: Inspection) -> Iterator[CheckResult]:
    """Report errors and warnings in our definitions, and only errors in the user's own."""
    for definition in inspection.agents:
        for finding in lint_subject(definition):
            if finding.severity != "info":
                fix = f"correct it there ({finding.rule} in docs/lint-rules.md)"
                message = f"{finding.name}: {finding.message}"
                where = f"{finding.path}:{finding.line}"
                yield CheckFinding("definitions", finding.severity, message, fix, where)
    for definition in inspection.other_agents:
        errors = [finding for finding in lint_subject(definition) if finding.severity == "error"]
        if errors:
            message = f"one of your own agents: {errors[0].message}"
            fix = f"to see all findings, run: acolytes lint {definition.path}"
            yield CheckFinding("definitions", "warning", message, fix, f"{definition.path}:{errors[0].line}")

"""The agent definitions that the client would load, linted."""

from __future__ import annotations

import os
from collections.abc import Iterator

from acolytes_cc.definitions.subject import load_subject
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
            where = f"{definition.path}:{errors[0].line}"
            yield CheckFinding("definitions", "warning", message, fix, where)


def skills(inspection: Inspection) -> Iterator[CheckResult]:
    """Report errors and warnings in our installed skills."""
    for name in inspection.manifest.files if inspection.manifest else ():
        path = inspection.places.target / name
        if not name.startswith("skills/") or path.name != "SKILL.md" or not os.access(path, os.R_OK):
            continue
        for finding in lint_subject(load_subject(path)):
            if finding.severity != "info":
                message, fix = f"{finding.name}: {finding.message}", f"correct it there ({finding.rule})"
                yield CheckFinding("definitions", finding.severity, message, fix, f"{path}:{finding.line}")

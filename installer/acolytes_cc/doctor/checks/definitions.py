"""The agent definitions that the client would load, linted."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.doctor.finding import Finding, Result
from acolytes_cc.doctor.subject import Subject
from acolytes_cc.lint.engine.check_file import check_definition


def lint(subject: Subject) -> Iterator[Result]:
    """Errors and warnings in ours; in the user's own only what makes the client drop or change something."""
    for definition in subject.agents:
        for finding in check_definition(definition):
            if finding.severity != "info":
                fix = f"mend it there ({finding.rule} in docs/lint-rules.md)"
                message = f"{finding.name}: {finding.message}"
                where = f"{finding.path}:{finding.line}"
                yield Finding("definitions", finding.severity, message, fix, where)
    for definition in subject.other_agents:
        errors = [found for found in check_definition(definition) if found.severity == "error"]
        if errors:
            message = f"one of your own: {errors[0].message}"
            fix = f"see all of it: acolytes lint {definition.path}"
            yield Finding("definitions", "warning", message, fix, f"{definition.path}:{errors[0].line}")

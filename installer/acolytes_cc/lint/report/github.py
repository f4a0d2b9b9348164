"""A report as annotations: GitHub Actions reads them from the output of a job."""

from __future__ import annotations

from acolytes_cc.lint.choices import Severity
from acolytes_cc.lint.finding import LintReport
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.report.text import last_lines

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def github_report(report: LintReport) -> str:
    """Return one annotation for each finding, and the last lines."""
    lines = [
        f"::{_COMMANDS[finding.severity]} file={_property(printable(finding.path))},"
        f"line={finding.line},col={finding.column},"
        f"title={_property(f'{finding.rule} {finding.name}')}::{_data(finding.message)}"
        for finding in report.findings
    ]
    return "\n".join([*lines, *last_lines(report)]) + "\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

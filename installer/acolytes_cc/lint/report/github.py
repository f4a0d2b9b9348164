"""A report as the annotations that GitHub Actions reads from a job's output."""

from __future__ import annotations

from acolytes_cc.lint.finding import Report
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.report.text import last_lines
from acolytes_cc.lint.rule import Severity

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def github_report(report: Report) -> str:
    """One annotation a finding, and a last line that counts."""
    lines = [
        f"::{_COMMANDS[found.severity]} file={_property(printable(found.path))},line={found.line},col={found.column},"
        f"title={_property(f'{found.rule} {found.name}')}::{_data(found.message)}"
        for found in report.findings
    ]
    return "\n".join([*lines, *last_lines(report)]) + "\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

"""Findings as the editor shows them."""

from __future__ import annotations

import re

from lsprotocol import types

from acolytes_cc.definitions.source import Span
from acolytes_cc.language_server.text import Text
from acolytes_cc.lint.choices import Severity
from acolytes_cc.lint.finding import Finding

SOURCE = "acolytes"
_SEVERITIES: dict[Severity, types.DiagnosticSeverity] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
# What is underlined: a string, a word with its specifier in brackets, or another run of characters
_MARKED = re.compile(r'"(?:[^"\\\r\n]|\\.)*"|\'[^\'\r\n]*\'|[\w$@./-][\w$@.:/*-]*(?:\([^()\r\n]*\))?|[^\s\w]+')


def diagnostic(finding: Finding, text: Text) -> types.Diagnostic:
    """Return a finding as a diagnostic for the editor."""
    return types.Diagnostic(
        range=text.range(finding_span(finding, text)),
        message=finding.message,
        severity=_SEVERITIES[finding.severity],
        code=finding.rule,
        source=SOURCE,
        data={"name": finding.name},
    )


def finding_span(finding: Finding, text: Text) -> Span:
    """Return what to underline: a finding says only where it starts."""
    start = min(text.line_starts[min(finding.line, len(text.line_starts)) - 1] + finding.column - 1, len(text.content))
    return Span(start, max(start, _end(text.content, start)))


def _end(content: str, start: int) -> int:
    marked = _MARKED.match(content, start)
    if marked is None:
        return start + 1 if content[start : start + 1] not in ("", "\r", "\n") else start
    # YAML's key without its colon
    return marked.end() - 1 if marked[0].endswith(":") and len(marked[0]) > 1 else marked.end()

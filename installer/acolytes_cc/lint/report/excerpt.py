"""Findings for a person at a terminal: each with its line of the file, and a caret below the column."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby

from acolytes_cc.definitions.source import Source
from acolytes_cc.lint.finding import Finding, LintReport
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.report.text import last_lines
from acolytes_cc.terminal import painted


def excerpt_report(
    report: LintReport, read: Callable[[str], Source | None], width: int, *, colour: bool
) -> Iterator[str]:
    """Yield the lines of the report.

    Args:
        report: The report.
        read: Returns the source of a file; None if it is gone.
        width: Characters in a line.
        colour: Whether to colour the severities.
    """
    for path, findings in groupby(report.findings, lambda finding: finding.path):
        source = read(path)
        for finding in findings:
            yield from _lines(finding, source, width, colour=colour)
    yield from last_lines(report)


def _lines(finding: Finding, source: Source | None, width: int, *, colour: bool) -> Iterator[str]:
    head = f"{finding.severity}[{finding.rule}]"
    yield f"{painted(head, finding.severity) if colour else head} {finding.name}: {finding.message}"
    margin = " " * len(str(finding.line))
    yield f"{margin}--> {printable(finding.path)}:{finding.line}:{finding.column}"
    text = _line(source, finding.line) if source else None
    if text is not None:
        shown, caret = _window(text, finding.column - 1, width - len(margin) - 3)
        yield f"{finding.line} | {shown}".rstrip()
        yield f"{margin} | {' ' * caret}^"
    yield ""


def _line(source: Source, line: int) -> str | None:
    starts = source.line_starts
    if not source.text or line > len(starts):
        return None
    return source.text[starts[line - 1] : starts[line] if line < len(starts) else len(source.text)].rstrip("\r\n")


def _window(text: str, column: int, width: int) -> tuple[str, int]:
    """As much of a line around a column as fits, made printable, and how many cells are before the column."""
    start = 0
    if len(text) > width:
        start = max(0, min(column - width // 2, len(text) - width))
    cut = text[start : start + width]
    before = _cells(printable(text[start:column]))
    shown = printable(cut)
    if start:
        shown = "…" + shown[1:]
    if start + width < len(text):
        shown = shown[:-1] + "…"
    return shown, before


def _cells(text: str) -> int:
    """How many cells a terminal gives a text."""
    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)

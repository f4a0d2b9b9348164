"""Findings as a person at a terminal reads them: with the line that each is about, and a caret below it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby

from acolytes_cc.definitions.source import Source
from acolytes_cc.lint.finding import Finding, Report
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.report.text import last_lines

_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "info": "\x1b[1;36m"}
_PLAIN = "\x1b[0m"


def excerpt_report(report: Report, read: Callable[[str], Source | None], width: int, *, colour: bool) -> Iterator[str]:
    """The lines of the report; ``read`` gives a file's source, None when it is gone."""
    for path, findings in groupby(report.findings, lambda found: found.path):
        source = read(path)
        for found in findings:
            yield from _lines(found, source, width, colour=colour)
    yield from last_lines(report)


def _lines(found: Finding, source: Source | None, width: int, *, colour: bool) -> Iterator[str]:
    head = f"{found.severity}[{found.rule}]"
    yield (
        f"{_COLOURS[found.severity]}{head}{_PLAIN} {found.name}: {found.message}"
        if colour
        else (f"{head} {found.name}: {found.message}")
    )
    margin = " " * len(str(found.line))
    yield f"{margin}--> {printable(found.path)}:{found.line}:{found.column}"
    text = _line(source, found.line) if source else None
    if text is not None:
        shown, caret = _window(text, found.column - 1, width - len(margin) - 3)
        yield f"{found.line} | {shown}".rstrip()
        yield f"{margin} | {' ' * caret}^"
    yield ""


def _line(source: Source, line: int) -> str | None:
    starts = source.line_starts
    if not source.text or line > len(starts):
        return None
    return source.text[starts[line - 1] : starts[line] if line < len(starts) else len(source.text)].rstrip("\r\n")


def _window(text: str, column: int, width: int) -> tuple[str, int]:
    """As much of a line around a column as fits, neutralised, and how many cells lie before the column."""
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

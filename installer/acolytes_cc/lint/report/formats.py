"""Writes a report in the format that the user chose."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from acolytes_cc.definitions.definition import size_limit
from acolytes_cc.definitions.files import read_bytes
from acolytes_cc.definitions.source import Source
from acolytes_cc.lint.choices import Format
from acolytes_cc.lint.finding import LintReport
from acolytes_cc.lint.report.text import concise_lines, json_report
from acolytes_cc.terminal import columns, has_colour, is_terminal

_LINES_AT_ONCE = 1_000
GROUPED_ABOVE = 50
"""More findings than this are grouped by their cause in the format ``text``."""


def report_lines(
    report: LintReport, form: Format, stdin: bytes | None, *, to_file: bool, paths: Sequence[str] = (".",)
) -> Iterator[str]:
    """Return the report as lines.

    Args:
        report: The report.
        form: The format; ``text`` is ``full`` on a terminal and ``concise`` elsewhere, and groups many findings.
        stdin: The content of standard input, if that was checked.
        to_file: Whether the lines go to a file instead of standard output. A file never has colours.
        paths: The paths of the call.
    """
    to_terminal = not to_file and is_terminal(sys.stdout)
    colour = not to_file and has_colour(sys.stdout)
    match form:
        case "json":
            return iter([json_report(report)])
        case "sarif":
            from acolytes_cc.lint.report.sarif import sarif_report

            return iter([sarif_report(report)])
        case "github":
            from acolytes_cc.lint.report.github import github_report

            return iter([github_report(report)])
        case "text" if len(report.findings) > GROUPED_ABOVE:
            return _grouped(report, paths, to_terminal=to_terminal, colour=colour)
        case "full":
            return _with_excerpts(report, stdin, to_terminal=to_terminal, colour=colour)
        case "text" if to_terminal:
            return _with_excerpts(report, stdin, to_terminal=True, colour=colour)
    return (f"{line}\n" for line in concise_lines(report, colour=colour))


def encoded(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield lines as bytes, for a file or a terminal: some at once, for the whole may be larger than all findings."""
    rest = iter(lines)
    while piece := "".join(islice(rest, _LINES_AT_ONCE)):
        yield piece.encode("utf-8", "backslashreplace")


def _with_excerpts(report: LintReport, stdin: bytes | None, *, to_terminal: bool, colour: bool) -> Iterator[str]:
    from acolytes_cc.lint.report.excerpt import excerpt_report

    read: Callable[[str], Source | None] = _read if stdin is None else partial(_of_stdin, Source(stdin))
    width = columns(sys.stdout) if to_terminal else 120
    return (f"{line}\n" for line in excerpt_report(report, read, width, colour=colour))


def _grouped(report: LintReport, paths: Sequence[str], *, to_terminal: bool, colour: bool) -> Iterator[str]:
    from acolytes_cc.lint.report.grouped import grouped_report

    width = max(40, min(100, columns(sys.stdout))) if to_terminal else 80
    return (f"{line}\n" for line in grouped_report(report, paths, width, colour=colour))


def _read(path: str) -> Source | None:
    try:
        return Source(read_bytes(Path(path), size_limit(path)))
    except OSError:
        return None


def _of_stdin(source: Source, _path: str) -> Source:
    return source

"""Chooses how a report is written."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal

from acolytes_cc.definitions.definition import SIZE_LIMIT
from acolytes_cc.definitions.files import read_bytes
from acolytes_cc.definitions.source import Source
from acolytes_cc.lint.finding import Report
from acolytes_cc.lint.report import concise_report, json_report

Format = Literal["text", "full", "concise", "json", "sarif", "github"]


def written(report: Report, form: Format, given: bytes | None, *, to_terminal: bool) -> str:
    """The report in that form; ``text`` is with excerpts on a terminal and one line a finding elsewhere.

    ``given`` is the content that came by standard input, when it did.
    """
    match form:
        case "json":
            return json_report(report)
        case "sarif":
            from acolytes_cc.lint.sarif import sarif_report

            return sarif_report(report)
        case "github":
            from acolytes_cc.lint.github import github_report

            return github_report(report)
        case "full":
            return _with_excerpts(report, given, to_terminal=to_terminal)
        case "text" if to_terminal:
            return _with_excerpts(report, given, to_terminal=True)
    return concise_report(report)


def _with_excerpts(report: Report, given: bytes | None, *, to_terminal: bool) -> str:
    from acolytes_cc.lint.excerpt import excerpt_report

    read: Callable[[str], Source | None] = _read if given is None else partial(_given, Source(given))
    width = shutil.get_terminal_size().columns if to_terminal else 120
    colour = to_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return "\n".join(excerpt_report(report, read, width, colour=colour)) + "\n"


def _read(path: str) -> Source | None:
    try:
        return Source(read_bytes(Path(path), SIZE_LIMIT))
    except OSError:
        return None


def _given(source: Source, _path: str) -> Source:
    return source


def is_terminal() -> bool:
    """Whether a person reads what is printed."""
    return sys.stdout.isatty()

"""Chooses how a report is written."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Literal

from acolytes_cc.definitions.definition import SIZE_LIMIT
from acolytes_cc.definitions.files import read_bytes
from acolytes_cc.definitions.source import Source
from acolytes_cc.lint.finding import Report
from acolytes_cc.lint.report.text import concise_lines, json_report

Format = Literal["text", "full", "concise", "json", "sarif", "github"]
_TOGETHER = 1_000


def written(report: Report, form: Format, given: bytes | None, *, to_terminal: bool) -> Iterator[str]:
    """The report in that form, as lines; ``text`` is with excerpts on a terminal and one line a finding elsewhere.

    ``given`` is the content that came by standard input, when it did.
    """
    match form:
        case "json":
            return iter([json_report(report)])
        case "sarif":
            from acolytes_cc.lint.report.sarif import sarif_report

            return iter([sarif_report(report)])
        case "github":
            from acolytes_cc.lint.report.github import github_report

            return iter([github_report(report)])
        case "full":
            return _with_excerpts(report, given, to_terminal=to_terminal)
        case "text" if to_terminal:
            return _with_excerpts(report, given, to_terminal=True)
    return (f"{line}\n" for line in concise_lines(report))


def encoded(lines: Iterable[str]) -> bytes:
    """Lines for a file or a terminal.

    Some at a time: one sign such as an emoji makes each character of a text that it is in take four bytes.
    """
    left = iter(lines)
    text = BytesIO()  # to join the pieces takes twice the memory
    for piece in iter(lambda: "".join(islice(left, _TOGETHER)), ""):
        text.write(piece.encode("utf-8", "backslashreplace"))
    return text.getvalue()


def _with_excerpts(report: Report, given: bytes | None, *, to_terminal: bool) -> Iterator[str]:
    from acolytes_cc.lint.report.excerpt import excerpt_report

    read: Callable[[str], Source | None] = _read if given is None else partial(_given, Source(given))
    width = shutil.get_terminal_size().columns if to_terminal else 120
    colour = to_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return (f"{line}\n" for line in excerpt_report(report, read, width, colour=colour))


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

"""Print a report: as JSON for programs, as plain lines into a pipe, and fitted and coloured on a terminal.

A colour is chosen by a word of its line, so it never says more than the words do.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from acolytes_cc.terminal import columns, has_colour, is_terminal, painted, screen_lines

if TYPE_CHECKING:
    from acolytes_cc.terminal import Style

#: What a line begins with -> its style. In a diff, that is a sign.
_STYLES: dict[str, Style] = {
    "add": "added",
    "restored": "added",
    "would restore": "added",
    "update": "changed",
    "merge": "changed",
    "changed": "changed",
    "remove": "removed",
    "removed": "removed",
    "would remove": "removed",
    "deleted": "removed",
    "conflict": "warning",
    "dropped": "warning",
    "keep-user": "info",
    "keep-deleted": "info",
    "kept": "info",
    "finding": "error",
    "error": "error",
    "warning": "warning",
    "info": "info",
    "fix": "good",
    "healthy": "good",
    "not healthy": "error",
    "+": "added",
    "-": "removed",
    "@@": "info",
    "+++": "heading",
    "---": "heading",
}
_WORDS = "|".join(re.escape(word) for word in sorted(_STYLES, key=len, reverse=True))
_STYLED = re.compile(rf"\s*(?P<word>{_WORDS})(?=[\s:,]|$)")
_SIGNED = re.compile(r"(?P<word>\+\+\+ |--- |@@|[+-])")
# what a row has before its text: a word or two with two spaces behind them, or a sign
_LABEL = re.compile(rf"\s+(?:{_WORDS})\s+|\s*[\w.-]+(?: [\w.-]+)?\s{{2,}}|\s*")
# rows whose text is a path of the installation, so that its middle can be left out; a command is never shortened
_PATH_ROW = re.compile(
    r"  (?:would )?(?:add|update|merge|remove|restore|conflict|foreign|keep|change|delete|kept|stay)[\w-]* "
)
# what a person copies stays in one piece: names and commands in backticks, and commands after a colon
_WHOLE = re.compile(r"`[^`]*`|(?<=: )(?:export|acolytes|python3|git|apt|'?/)[^;]*")
_COMMAND = "run"
"""the label of a row that is a command, which is copied"""
_LEAST_COLUMNS = 30
_LINES_OF_THE_QUESTION = 3


def show(output: str, data: Any, lines: Iterable[str]) -> None:
    """Print ``data`` if the user wants JSON, and ``lines`` otherwise."""
    if output == "json":
        click.echo(json.dumps(data, indent=1))
    else:
        show_lines(lines)


def show_lines(lines: Iterable[str]) -> None:
    """Print lines of a report on standard output."""
    width = max(columns(sys.stdout), _LEAST_COLUMNS) if is_terminal(sys.stdout) else None
    text = "\n".join(fitted(lines, width, colour=has_colour(sys.stdout)))
    click.echo(text.encode("utf-8", "backslashreplace"))  # as bytes, or click takes the colours out of a pipe


def show_note(text: str) -> None:
    """Print a sentence on standard error, wrapped for a terminal."""
    if is_terminal(sys.stderr):
        text = "\n".join(_wrap(text, max(columns(sys.stderr) - 1, _LEAST_COLUMNS), ""))
    click.echo(text, err=True)


def show_plan(lines: Sequence[str]) -> None:
    """Print what is asked about below it. Rows with the same label are only counted where a screen has no room."""
    room = screen_lines(sys.stdout) - _LINES_OF_THE_QUESTION
    width = columns(sys.stdout)
    shown = lines
    for most in range(room, 1, -1):
        if sum(line.count("\n") + 1 for line in fitted(shown, width, colour=False)) <= room:
            break
        shown = _abridged(lines, most)
    show_lines(shown)


def show_diff(lines: Iterable[str]) -> None:
    """Print a unified diff on standard output. On a terminal, long lines are continued under their sign."""
    width = max(columns(sys.stdout), _LEAST_COLUMNS) if is_terminal(sys.stdout) else None
    text = "\n".join(_fitted_diff(lines, width, colour=has_colour(sys.stdout)))
    click.echo(text.encode("utf-8", "backslashreplace"))


def fitted(lines: Iterable[str], width: int | None, *, colour: bool) -> Iterator[str]:
    """The lines, wrapped below their text, and with their first word in its colour.

    Args:
        lines: Lines of a report.
        width: The columns of the terminal; None where nothing is wrapped.
        colour: Whether to use colours.
    """
    for line in lines:
        shown = line if width is None or len(line) < width else _wrapped(line, width - 1)
        styled = _STYLED.match(shown) if colour else None
        if styled:
            word = styled["word"]
            shown = shown[: styled.start("word")] + painted(word, _STYLES[word]) + shown[styled.end("word") :]
        yield shown


def shortened_path(path: str, width: int) -> str:
    """A path that is too long, without its middle.

    >>> shortened_path("/srv/work/projects/shop/.claude/agents/ops.md", 30)
    '/srv/work/proje…/agents/ops.md'
    """
    if len(path) <= width:
        return path
    end = path[-(width * 2 // 3) :]
    if "/" in end:
        end = end[end.find("/") :]
    return path[: max(width - len(end) - 1, 0)] + "…" + end


def _fitted_diff(lines: Iterable[str], width: int | None, *, colour: bool) -> Iterator[str]:
    """Yield the lines of a diff in their colours."""
    for line in lines:
        signed = _SIGNED.match(line)
        style = _STYLES[signed["word"].strip()] if signed else None
        for shown in [line] if width is None else _continued(line, width):
            yield painted(shown, style) if style and colour else shown


def _continued(line: str, width: int) -> list[str]:
    """The line of a diff in pieces: the later ones have the same sign, and are indented."""
    return [line] if len(line) < width else _wrap(line, width - 1, line[:1] + " " * 4) or [line]


def _abridged(lines: Iterable[str], most: int) -> list[str]:
    """At most so many lines with the same label, and how many there are more."""
    abridged: list[str] = []
    for label, group in groupby(lines, _label):
        rows = list(group)
        if len(rows) > most and label.strip():
            rows[most - 1 :] = [f"{label}{len(rows) - most + 1} more; --dry-run lists all"]
        abridged += rows
    return abridged


def _label(line: str) -> str:
    found = _LABEL.match(line)
    return found[0] if found else ""


def _wrapped(line: str, width: int) -> str:
    start = _label(line)
    if start.strip() == _COMMAND:
        return line
    text = line[len(start) :]
    if _PATH_ROW.match(line):
        path, colon, reason = text.partition(": ")
        text = shortened_path(path, width - len(start) - len(colon.strip())) + colon + reason
    whole = _WHOLE.sub(lambda part: part[0].replace(" ", "\0"), text)
    if " " not in whole and start.strip():  # it stays beside its label; where it does not fit, the terminal breaks it
        return start + text
    indent = len(start) if start.strip() else len(start) + 2
    return "\n".join(_wrap(start + whole, width, " " * indent)).replace("\0", " ")


def _wrap(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
        replace_whitespace=False,
    )

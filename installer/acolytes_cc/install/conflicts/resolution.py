"""Settle clashes in the text of a file: with the new version's text, or with markers that the user edits away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from acolytes_cc.install.disk.clashes import FRONTMATTER, Clash
from acolytes_cc.install.merging.lines import line_end, split_lines
from acolytes_cc.install.merging.parts import with_line_ends

_MARKS = "<=>"
_USUAL_SIZE = 7


class Sides(NamedTuple):
    """The lines of one clash, on both sides."""

    users: list[str]
    theirs: list[str]


def sides(users: bytes, theirs: bytes, clash: Clash) -> Sides:
    """The lines of the clash in the user's file and in the new version."""
    return Sides(_lines(users)[slice(*clash.lines)], _lines(theirs)[slice(*clash.their_lines)])


def with_theirs(users: bytes, theirs: bytes, clashes: Sequence[Clash]) -> bytes:
    """The user's file with the new version's text in these parts."""
    return _replaced(users, theirs, clashes, lambda _, both: both.theirs)


class Marked(NamedTuple):
    """A file with conflict markers, for an editor."""

    content: bytes
    size: int
    """how many characters each marker has: no line of the file begins with so many"""

    def left_marker(self, edited: bytes) -> int | None:
        """The number of the first line of ``edited`` that is a marker."""
        marks = tuple(mark * self.size for mark in _MARKS)
        lines = enumerate(_lines(edited), 1)
        return next((number for number, line in lines if line.startswith(marks)), None)


def with_markers(users: bytes, theirs: bytes, clashes: Sequence[Clash]) -> Marked:
    """The user's file with both texts of these parts, between markers."""
    size = _USUAL_SIZE
    while Marked(b"", size).left_marker(users + b"\n" + theirs):
        size += 1
    opening, middle, closing = (mark * size for mark in _MARKS)

    def both(clash: Clash, texts: Sides) -> list[str]:
        parts = [f"{opening} yours: {clash.name}", *texts.users, middle, *texts.theirs, f"{closing} the new version"]
        return [line if line.endswith("\n") else line + "\n" for line in parts]

    return Marked(_replaced(users, theirs, clashes, both), size)


def _replaced(
    users: bytes, theirs: bytes, clashes: Sequence[Clash], replacement: Callable[[Clash, Sides], list[str]]
) -> bytes:
    """The user's file with other lines for each clash; the line ends are those of the user's."""
    text = _text(users)
    eol = line_end(text)
    is_ended = not text or text.endswith("\n")
    lines = split_lines(text if is_ended else text + eol)
    last = lines[-1:]
    # from the last line to the first, so that the ranges above stay right
    for clash in sorted(clashes, key=lambda clash: (clash.lines, clash.their_lines), reverse=True):
        start, end = clash.lines
        new = replacement(clash, Sides(lines[start:end], _lines(theirs)[slice(*clash.their_lines)]))
        text = "".join(line.rstrip("\r\n") + "\n" for line in new)
        lines[start:end] = split_lines(
            with_line_ends(text, eol) if clash.key == FRONTMATTER else text.replace("\n", eol)
        )
    result = "".join(lines)
    return (result if is_ended or lines[-1:] != last else result.removesuffix(eol)).encode("utf-8", "surrogateescape")


def _lines(content: bytes) -> list[str]:
    return split_lines(_text(content))


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")

"""A part of one file that both the user and a new version changed, in different ways.

The user's text stays in the file. The text of the new version is in the baseline, the copy of what we rendered last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_cc.install.disk.files import sha256

FRONTMATTER = "---"
"""stands for all keys at once, where they cannot be merged one by one; no key is written so"""


class Lines(NamedTuple):
    """A range of lines, half-open and counted from 0; empty ranges have a place, too."""

    start: int
    end: int

    @property
    def size(self) -> int:
        """How many lines it has."""
        return self.end - self.start

    def shifted(self, lines: int) -> Lines:
        """The same range, so many lines further down."""
        return Lines(self.start + lines, self.end + lines)

    def overlaps(self, other: Lines) -> bool:
        """Whether both have a line, or both are empty at one place, or one is empty and inside the other.

        Neighbours do not overlap. So lines that are inserted before or after a changed line do not overlap with it.
        """
        if self == other:
            return True
        return max(self.start, other.start) < min(self.end, other.end) or self._encloses(other) or other._encloses(self)

    def _encloses(self, other: Lines) -> bool:
        return other.start == other.end and self.start < other.start < self.end

    def with_lines_of(self, other: Lines) -> Lines:
        """The smallest range that holds both."""
        return Lines(min(self.start, other.start), max(self.end, other.end))

    def __str__(self) -> str:
        """As a person counts, from 1. A range without lines, from which the user deleted some, is after a line."""
        if self.start == self.end:
            return f"after-{self.start}"
        return str(self.end) if self.start + 1 == self.end else f"{self.start + 1}-{self.end}"


class Clash(NamedTuple):
    """One part, and where it is."""

    key: str
    """the key of the frontmatter, ``FRONTMATTER`` for all of it; empty for lines of text"""
    base: str | None
    """SHA-256 of the part before both changes, with LF line ends; None where it had no such part"""
    theirs: str | None
    """the same of the new version's part"""
    lines: Lines
    """in the user's file as the update left it"""
    their_lines: Lines
    """in the new version"""

    @property
    def name(self) -> str:
        """How the part is called in output and on the command line."""
        if self.key == FRONTMATTER:
            return "frontmatter"
        return self.key or str(self.lines)


def part_hash(text: str | None) -> str | None:
    """The hash of a part's text; None for no part."""
    return None if text is None else sha256(text.replace("\r\n", "\n").encode())


def describe(clashes: Sequence[Clash]) -> str:
    """One sentence about them."""
    keys = ["the frontmatter" if clash.key == FRONTMATTER else f"`{clash.key}`" for clash in clashes if clash.key]
    lines = [str(clash.lines) for clash in clashes if not clash.key]
    sentences = [f"you and the new version changed {', '.join(keys)} differently"] if keys else []
    sentences += [f"you and the new version changed the same lines ({', '.join(lines)})"] if lines else []
    return "; ".join(sentences)

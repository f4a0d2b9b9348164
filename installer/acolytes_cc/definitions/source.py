"""The text of a file, and the lines and columns of its characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from acolytes_cc.definitions.kept_property import cached_property

_UNDECODABLE = re.compile("[\ud800-\udfff]")
_BLOCK = 8_192
# Frontmatter is seldom longer, and most single positions that are needed are in it.
_START_LENGTH = 2_000
_ASCII = bytes(range(128))
_LINE_BREAK = re.compile(r"\r\n|\n|\r")

new_tuple = tuple.__new__
"""Makes a named tuple of its class and a tuple of values. The constructor ends with this, and takes twice as long."""


class Span(NamedTuple):
    """A range of character offsets in a text: ``start`` is included, ``end`` is not."""

    start: int
    end: int


class Position(NamedTuple):
    """A line and a column, both counted from 1. A column counts characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """The bytes of a file and its text.

    Each byte that is not valid UTF-8 becomes one U+FFFD in the text, so that all other characters keep their offsets.
    """

    data: bytes

    @cached_property
    def _decoded(self) -> tuple[str, bool]:
        """The text with a surrogate for each byte that is not valid UTF-8, and whether all bytes are valid."""
        try:
            return self.data.decode("utf-8"), True
        except UnicodeDecodeError:
            return self.data.decode("utf-8", "surrogateescape"), False

    @property
    def _escaped(self) -> str:
        return self._decoded[0]

    @cached_property
    def text(self) -> str:
        """The text, with U+FFFD for each byte that is not valid UTF-8."""
        escaped, is_utf8 = self._decoded
        return escaped if is_utf8 else _UNDECODABLE.sub("\ufffd", escaped)

    @cached_property
    def non_ascii(self) -> str:
        """The characters that are not ASCII. There are few, so a search here is faster than a search in the text."""
        return "" if self.data.isascii() else self.data.translate(None, _ASCII).decode("utf-8", "replace")

    @cached_property
    def undecodable(self) -> tuple[int, ...]:
        """The character offset of each byte that is not valid UTF-8."""
        if self._decoded[1]:
            return ()
        return tuple(match.start() for match in _UNDECODABLE.finditer(self._escaped))

    def undecodable_byte(self, offset: int) -> int:
        """The byte at one of the offsets in ``undecodable``."""
        return ord(self._escaped[offset]) & 0xFF

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The character offset of the start of each line. Lines end with LF, CR LF or CR."""
        lines = self.text.splitlines(keepends=True)
        if self.text[-1:] not in ("\n", "\r"):
            lines = lines[:-1]
        if len(lines) == self.text.count("\n"):
            return (0, *accumulate(map(len, lines)))
        # the text has line breaks that only `splitlines` counts, or only this class
        return (0, *(match.end() for match in _LINE_BREAK.finditer(self.text)))

    def positions(self, offsets: Iterable[int]) -> Iterator[Position]:
        """The positions of offsets in rising order. This is faster than a call of ``position`` for each."""
        text, line, start, previous = self.text, 1, 0, 0
        end = 0 if self._has_returns else len(text)
        for offset in offsets:
            if offset >= end:
                yield self.position(offset)
                continue
            lines = text.count("\n", previous, offset)
            if lines:
                line += lines
                start = text.rfind("\n", previous, offset) + 1
            previous = offset
            yield new_tuple(Position, (line, offset - start + 1))

    def position(self, offset: int) -> Position:
        """The line and column of an offset. The end of the text is on its last line, even after a line break."""
        text = self.text
        if offset < min(len(text), _START_LENGTH) and text.find("\r", 0, offset + 1) < 0:
            return Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))
        if self._blocks and offset < len(text):
            lines, start = self._blocks[offset // _BLOCK]
            block = offset - offset % _BLOCK
            start = max(start, text.rfind("\n", block, offset) + 1)
            return Position(lines + text.count("\n", block, offset) + 1, offset - start + 1)
        line = bisect_right(self.line_starts, offset)
        if line > 1 and self.line_starts[line - 1] == len(text):
            line -= 1
            offset -= text.endswith("\r\n")  # the same column as after a single line break
        return Position(line, offset - self.line_starts[line - 1] + 1)

    @cached_property
    def _has_returns(self) -> bool:
        return b"\r" in self.data  # they are short; a text with an emoji takes four bytes for each character

    @cached_property
    def _blocks(self) -> list[tuple[int, int]]:
        """For each block of the text, the number of lines that end before it and the start of its first line.

        Few positions of a file are needed, so this is faster than finding all lines. Empty for a text with CR.
        """
        text, lines, start = self.text, 0, 0
        if self._has_returns:
            return []
        blocks = []
        for block in range(0, len(text), _BLOCK):
            blocks.append((lines, start))
            lines += text.count("\n", block, block + _BLOCK)
            start = max(start, text.rfind("\n", block, block + _BLOCK) + 1)
        return blocks


def line_start(text: str, offset: int) -> int:
    """The start of the line with that offset. Lines end with LF, CR LF or CR."""
    start = text.rfind("\n", 0, offset) + 1
    return text.rfind("\r", start, offset) + 1 or start

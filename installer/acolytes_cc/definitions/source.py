"""The text of a file, and the way between its characters and its lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

_UNDECODABLE = re.compile("[\ud800-\udfff]")
_BLOCK = 8_192
# Frontmatter seldom goes further, and most places that are asked for one by one are in it.
_NEAR = 2_000
_ASCII = bytes(range(128))
_LINE_BREAK = re.compile(r"\r\n|\n|\r")


class Span(NamedTuple):
    """Character offsets in a source's text: ``start`` included, ``end`` not."""

    start: int
    end: int


class Position(NamedTuple):
    """A place for people: line and column, both from 1; a column counts characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """A file's bytes and its text.

    Every byte that is not UTF-8 becomes one U+FFFD, so that none is lost and the others keep their places.
    """

    data: bytes

    @cached_property
    def _decoded(self) -> tuple[str, bool]:
        """The text, with a surrogate for each byte that is not UTF-8, and whether there is none such."""
        try:
            return self.data.decode("utf-8"), True
        except UnicodeDecodeError:
            return self.data.decode("utf-8", "surrogateescape"), False

    @property
    def _escaped(self) -> str:
        return self._decoded[0]

    @cached_property
    def text(self) -> str:
        escaped, is_utf8 = self._decoded
        return escaped if is_utf8 else _UNDECODABLE.sub("\ufffd", escaped)

    @cached_property
    def beyond_ascii(self) -> str:
        """The characters that are no ASCII: few, so that looking for one of them here is quicker than in the text."""
        return self.data.translate(None, _ASCII).decode("utf-8", "replace")

    @cached_property
    def undecodable(self) -> tuple[int, ...]:
        """The character offset of each byte that is not UTF-8."""
        if self._decoded[1]:
            return ()
        return tuple(found.start() for found in _UNDECODABLE.finditer(self._escaped))

    def undecodable_byte(self, offset: int) -> int:
        """The byte that stands at an offset of ``undecodable``."""
        return ord(self._escaped[offset]) & 0xFF

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The character offset at which each line starts; lines end at LF, CR LF or CR."""
        lines = self.text.splitlines(keepends=True)
        if self.text[-1:] not in ("\n", "\r"):
            lines = lines[:-1]
        if len(lines) == self.text.count("\n"):
            return (0, *accumulate(map(len, lines)))
        # there are other signs that only Python takes for the end of a line, or only we do
        return (0, *(found.end() for found in _LINE_BREAK.finditer(self.text)))

    def positions(self, offsets: Iterable[int]) -> Iterator[Position]:
        """The ``position`` of each offset; they must rise, which is quicker than one by one."""
        text, line, start, read = self.text, 1, 0, 0
        for offset in offsets:
            if self._has_returns or offset >= len(text):
                yield self.position(offset)
                continue
            line += text.count("\n", read, offset)
            start = max(start, text.rfind("\n", read, offset) + 1)
            read = offset
            yield Position(line, offset - start + 1)

    def position(self, offset: int) -> Position:
        """Line and column of a character offset; the end of a text that ends with a line break is its last line's."""
        text = self.text
        if offset < min(len(text), _NEAR) and text.find("\r", 0, offset + 1) < 0:
            return Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))
        if self._blocks and offset < len(text):
            lines, start = self._blocks[offset // _BLOCK]
            block = offset - offset % _BLOCK
            start = max(start, text.rfind("\n", block, offset) + 1)
            return Position(lines + text.count("\n", block, offset) + 1, offset - start + 1)
        line = bisect_right(self.line_starts, offset)
        if line > 1 and self.line_starts[line - 1] == len(text):
            line -= 1
        return Position(line, offset - self.line_starts[line - 1] + 1)

    @cached_property
    def _has_returns(self) -> bool:
        return "\r" in self.text

    @cached_property
    def _blocks(self) -> list[tuple[int, int]]:
        """How many lines end before each block of the text, and where the line starts that goes on in it.

        All lines of a file take longer to find, and few of its places are asked for. Empty for a text whose lines end
        otherwise than at LF.
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
    """Where the line starts that an offset is in; lines end at LF, CR LF or CR."""
    start = text.rfind("\n", 0, offset) + 1
    return max(start, text.rfind("\r", start, offset) + 1)

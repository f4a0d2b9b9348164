"""The text of a file, and the way between its characters, its lines and its bytes."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

_UNDECODABLE = re.compile("[\ud800-\udfff]")
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

    Every byte that is not UTF-8 becomes one U+FFFD, so that a character offset always leads back to one byte offset.
    """

    data: bytes

    @cached_property
    def _escaped(self) -> str:
        return self.data.decode("utf-8", "surrogateescape")

    @cached_property
    def text(self) -> str:
        return _UNDECODABLE.sub("\ufffd", self._escaped)

    @cached_property
    def undecodable(self) -> tuple[int, ...]:
        """The character offset of each byte that is not UTF-8."""
        return tuple(found.start() for found in _UNDECODABLE.finditer(self._escaped))

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The character offset at which each line starts; lines end at LF, CR LF or CR."""
        return (0, *(found.end() for found in _LINE_BREAK.finditer(self.text)))

    def position(self, offset: int) -> Position:
        """Line and column of a character offset; the end of a text that ends with a line break is its last line's."""
        line = bisect_right(self.line_starts, offset)
        if line > 1 and self.line_starts[line - 1] == len(self.text):
            line -= 1
        return Position(line, offset - self.line_starts[line - 1] + 1)

    def byte_offset(self, offset: int) -> int:
        """The offset in ``data`` of the character at ``offset``."""
        return len(self._escaped[:offset].encode("utf-8", "surrogateescape"))

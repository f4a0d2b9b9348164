"""The text of an open document, with positions as the editor counts them.

An editor counts the column in UTF-16 units, unless it agreed to something else. Lines end with LF, CR LF or CR. A form
feed ends no line, unlike in `str.splitlines`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from lsprotocol import types

from acolytes_cc.definitions.source import Span

_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Text:
    """A text and the encoding in which the editor counts columns."""

    content: str
    encoding: str = types.PositionEncodingKind.Utf16

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset of the start of each line."""
        return (0, *(match.end() for match in _LINE_BREAK.finditer(self.content)))

    def line(self, number: int) -> str:
        """Return the line with that number, counted from 0, without its end."""
        starts = self.line_starts
        end = starts[number + 1] if number + 1 < len(starts) else len(self.content)
        return self.content[starts[number] : end].rstrip("\r\n")

    def line_of(self, offset: int) -> int:
        """Return the number of the line with that offset, counted from 0."""
        return bisect_right(self.line_starts, offset) - 1

    def position(self, offset: int) -> types.Position:
        """Return the position of an offset."""
        offset = min(offset, len(self.content))
        line = self.line_of(offset)
        return types.Position(line, _units(self.content[self.line_starts[line] : offset], self.encoding))

    def offset(self, position: types.Position) -> int:
        """Return the offset of a position; of the end of the line, or of the text, when the position is behind it."""
        if position.line >= len(self.line_starts):
            return len(self.content)
        line = self.line(position.line)
        return self.line_starts[position.line] + _characters(line, position.character, self.encoding)

    def range(self, span: Span) -> types.Range:
        """Return the range of a span."""
        return types.Range(self.position(span.start), self.position(span.end))

    def span(self, place: types.Range) -> Span:
        """Return the span of a range."""
        start = self.offset(place.start)
        return Span(start, max(start, self.offset(place.end)))

    def changed(self, changes: Sequence[types.TextDocumentContentChangeEvent]) -> Text:
        """Return the text after the changes, each of which counts from the result of the one before."""
        text = self
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = text.span(change.range)
                text = Text(_whole(text.content[:start] + change.text + text.content[end:]), self.encoding)
            else:
                text = Text(_whole(change.text), self.encoding)
        return text

    @property
    def line_end(self) -> str:
        """How new lines end: as the first line does."""
        first = self.content.find("\n")
        return "\r\n" if first > 0 and self.content[first - 1] == "\r" else "\n"

    @property
    def data(self) -> bytes:
        """The text as the bytes of a file. Half an emoji becomes U+FFFD, so that all offsets stay the same."""
        return _SURROGATE.sub("\ufffd", self.content).encode()


def _whole(content: str) -> str:
    """The text with two halves of a character, which came one after the other, as one character."""
    if _SURROGATE.search(content) is None:
        return content
    return content.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _units(text: str, encoding: str) -> int:
    """How many units of the encoding a text has."""
    if text.isascii() or encoding == types.PositionEncodingKind.Utf32:
        return len(text)
    if encoding == types.PositionEncodingKind.Utf8:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _characters(line: str, units: int, encoding: str) -> int:
    """How many characters of a line are before that many units. A position inside a character counts as before it."""
    if line.isascii() or encoding == types.PositionEncodingKind.Utf32:
        return min(units, len(line))
    counted = 0
    for number, character in enumerate(line):
        counted += _units(character, encoding)
        if counted > units:
            return number
    return len(line)

"""The structure of a body: fences, inline code, and what is plain prose.

Found line by line: a parser takes twenty times as long, and the rules need no more. Where Markdown is ambiguous, the
reading of a person counts: a closing fence may be indented otherwise than its opening.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from acolytes_cc.definitions.source import Span

# One expression for both could not jump to its first letters.
_MARKS = {"```": re.compile("```+"), "~~~": re.compile("~~~+")}
_BEFORE_MARKS = re.compile(r"[ \t]*(?:>[ \t]?)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)?")
_INDENTED = re.compile(
    r"\n[ \t]*\r?\n(?P<code>(?: {4}|\t)[^\n]*(?:\n(?:(?: {4}|\t)[^\n]*|[ \t\r]*(?=\n(?: {4}|\t))))*)"
)
_BLOCK_END = re.compile(r"\n(?=[ \t]*(?:\r?\n|[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|>))")
_LIST_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)", re.MULTILINE)
_HTML = re.compile(
    r"\n(?P<html> {0,3}<(?:(?P<comment>!--)|/?(?:article|aside|blockquote|center|details|div|dl|footer|form|h[1-6]"
    r"|header|li|main|nav|ol|p|pre|section|summary|table|t[dhr]|tbody|thead|ul)\b"
    r"|/?[A-Za-z][\w-]*(?:[ \t][^<>\r\n]*)?/?>[ \t]*(?:[\r\n]|$)))",
    re.IGNORECASE,
)
# A quotation goes on, without its sign, to the next blank line.
_QUOTE = re.compile(r"\n(?P<quote> {0,3}>[^\n]*(?:\n(?![ \t]*\r?(?:\n|\Z))[^\n]*)*)")
_BLANK_LINE = re.compile(r"\n[ \t]*\r?\n")
_BACKTICKS = re.compile(r"`+")
_NOT_LINE_BREAKS = re.compile(r"[^\r\n]+")
_IDENTIFIER = re.compile(r"[\w*.-]+")


Run: TypeAlias = tuple[int, int]
"""Where a run of backticks starts and ends."""


class Fence(NamedTuple):
    """A fenced block: its language in lower case (may be empty), its marks and where they are, its content's lines.

    One that is not ``closed`` ends with the text.
    """

    language: str
    marks: str
    opening: int
    span: Span
    end: int
    closed: bool


@dataclass(frozen=True)
class Structure:
    """The structure of ``text`` from ``body`` on; all offsets are the text's own."""

    text: str
    body: int

    @cached_property
    def fences(self) -> tuple[Fence, ...]:
        return tuple(_fences(self.text, self.body))

    @cached_property
    def code_spans(self) -> tuple[Span, ...]:
        """Inline code, without its backticks."""
        spans: list[Span] = []
        read = 0
        for start, end in (*self._code_blocks, Span(len(self.text), len(self.text))):
            if start > read:
                for runs in _runs_by_paragraph(self.text, read, start):
                    spans += _code_spans(self.text, runs)
            read = max(read, end)
        return tuple(spans)

    @cached_property
    def prose(self) -> str:
        """The text with all that is not prose blanked out. Inline code that is one name stays, other does not."""
        spans = [span for span in self.code_spans if not _is_name(self.text[slice(*span)])]
        return self._blank([*self._code_blocks, *self._quotes, *spans])

    @cached_property
    def _code_blocks(self) -> list[Span]:
        """What comes before the body, fences, and lines that are code by their indentation or HTML; in order."""
        found = [Span(0, self.body)]
        for fence in (*self.fences, None):
            start = found[-1].end
            limit = len(self.text) if fence is None else _line_start(self.text, fence.opening)
            found.extend(sorted([*_indented(self.text, self.body, start, limit), *_html(self.text, start, limit)]))
            if fence is not None:
                found.append(Span(limit, fence.end))
        return found

    @cached_property
    def _quotes(self) -> list[Span]:
        return [Span(*found.span("quote")) for found in _QUOTE.finditer(self.text, max(0, self.body - 1))]

    def _blank(self, spans: list[Span]) -> str:
        pieces: list[str] = []
        read = 0
        for start, end in sorted(spans):
            if end > read:
                begin = max(read, start)
                pieces += [self.text[read:begin], _blanks(self.text[begin:end])]
                read = end
        return "".join([*pieces, self.text[read:]])


def _blanks(text: str) -> str:
    if "\n" not in text:
        return " " * len(text)
    if "\r" not in text:
        return "\n".join([" " * len(line) for line in text.split("\n")])
    return _NOT_LINE_BREAKS.sub(lambda found: " " * len(found[0]), text)


def _runs_by_paragraph(text: str, start: int, end: int) -> Iterator[list[Run]]:
    """The runs of backticks in what is no code; those of one list can belong together."""
    runs = [found.span() for found in _BACKTICKS.finditer(text, start, end)]
    first = 0
    for number, (run, after) in enumerate(pairwise(runs), 1):
        if text.find("\n", run[1], after[0]) >= 0 and _BLOCK_END.search(text, run[1], after[0]):
            yield runs[first:number]
            first = number
    yield runs[first:]


def _indented(text: str, body: int, start: int, end: int) -> Iterator[Span]:
    """Code by indentation in ``text[start:end]``: after a blank line, and not what goes on in a list."""
    for found in _INDENTED.finditer(text, max(0, start - 2), end):
        if not _LIST_ITEM.match(text, _line_at_margin(text, body, found.start() + 1)):
            yield Span(*found.span("code"))


def _line_at_margin(text: str, body: int, line: int) -> int:
    """The start of the nearest line above ``line`` that begins with no space; the body's when there is none."""
    while line > body:
        line = max(body, text.rfind("\n", body, line - 1) + 1)
        if not text[line].isspace():
            break
    return line


def _html(text: str, start: int, end: int) -> Iterator[Span]:
    """HTML up to the next blank line, comments up to their end."""
    read = start
    for found in _HTML.finditer(text, max(0, start - 1), end):
        if found.start("html") >= read:
            if found["comment"]:
                stop = text.find("-->", found.end(), end)
                read = end if stop < 0 else stop + 3
            else:
                blank = _BLANK_LINE.search(text, found.start("html"), end)
                read = blank.start() + 1 if blank else end
            yield Span(found.start("html"), read)


def _fences(text: str, body: int) -> Iterator[Fence]:
    opened: Fence | None = None
    # a plain look comes first: tildes are rare, and an expression takes its time
    marks = [found for mark, runs in _MARKS.items() if mark in text for found in runs.finditer(text, body)]
    for found in sorted(marks, key=re.Match.start):
        line = max(_line_start(text, found.start()), body)
        before = _BEFORE_MARKS.fullmatch(text, line, found.start())
        if before is None:
            continue
        after = _LINE.match(text, found.end())
        stop = after.end() if after else len(text)
        info = text[found.end() : stop].strip()
        if opened is None:
            if found[0][0] == "~" or "`" not in info:
                language = info.split()[0].lower() if info else ""
                opened = Fence(language, found[0], found.start(), Span(stop, len(text)), len(text), closed=False)
        elif found[0].startswith(opened.marks) and not info:
            yield opened._replace(span=Span(opened.span.start, line), end=stop, closed=True)
            opened = None
    if opened is not None:
        yield opened


def _line_start(text: str, offset: int) -> int:
    start = text.rfind("\n", 0, offset) + 1
    return max(start, text.rfind("\r", start, offset) + 1)


def _code_spans(text: str, runs: list[Run]) -> Iterator[Span]:
    """Spans between equally long runs of backticks of one paragraph, the backticks not included."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for number, (start, end) in enumerate(runs):
        by_length[end - start].append(number)
    number = 0
    while number < len(runs):
        start, end = runs[number]
        same = by_length[end - start]
        after = number + 1 if len(by_length) == 1 else bisect_right(same, number)
        if after < len(same) and text[start - 1 : start] != "\\":
            number = same[after]
            yield Span(end, runs[number][0])
        number += 1


def _is_name(code: str) -> bool:
    return _IDENTIFIER.fullmatch(code.strip()) is not None

"""The structure of a body: fences, inline code, and what is plain prose.

Found line by line: a parser takes twenty times as long, and the rules need no more. Where Markdown is ambiguous, the
reading of a person counts: a closing fence may be indented otherwise than its opening.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import accumulate, pairwise
from operator import attrgetter, sub
from typing import NamedTuple, TypeAlias

from acolytes_cc.definitions import markdown_inline
from acolytes_cc.definitions.kept_property import cached_property
from acolytes_cc.definitions.source import Span, line_start, new_tuple

# One expression for both could not jump to its first letters.
_TICKS, _TILDES = (re.compile(rf"({mark}+)([^\r\n]*)(?:\r\n|\n|\r)?") for mark in ("```", "~~~"))
# A whole fence of three backticks; or marks alone, which are of another kind of fence, or of none.
_PLAIN = re.compile(r"```(?:([^`\r\n]*)\n((?:[^`]*(?:`(?!``)[^`]*)*\n)?)```[ \t]*(?:\n|\Z))?")
_BEFORE_MARKS = re.compile(r"[ \t]*(?:>[ \t]?)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")
# A fence does not close in a list item that begins: ` * ``` ` in a comment of a program
_BEFORE_CLOSING = re.compile(r"[ \t]*(?:>[ \t]?)*[ \t]*")
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
# An expression that begins with a sign alone can jump to it.
_BACKTICKS = re.compile(r"``*")
_NOT_LINE_BREAKS = re.compile(r"[^\r\n]+")
_IDENTIFIER = re.compile(r"[\w*.-]+")
# So far a paragraph's ends are looked for; a text without blank lines is read once, as a whole.
_NEAR = 2_000
_FLESH = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZbdl!$@_`"))

_FIRST_LINE, _END = attrgetter("line"), attrgetter("end")

Run: TypeAlias = tuple[int, int]
"""Where a run of backticks starts and ends."""


class Fence(NamedTuple):
    """A fenced block: its language in lower case (may be empty), its marks and where they are, its content's lines.

    ``line`` is where its first line starts. One that is not ``closed`` ends with the text. In one that ``holds_marks``
    stand others that do not close it.
    """

    line: int
    language: str
    marks: str
    opening: int
    span: Span
    end: int
    closed: bool
    holds_marks: bool


class Gap(NamedTuple):
    """What lies between two fences: text, code by indentation and HTML, quotations.

    Each in order, and none overlaps the next of its own.
    """

    span: Span
    texts: list[Span]
    blocks: list[Span]
    quotes: list[Span]


@dataclass(frozen=True)
class Structure:
    """The structure of ``text`` from ``body`` on; all offsets are the text's own.

    Nothing is looked at before a rule asks for a part of the text, and then not much more than that part.
    """

    text: str
    body: int

    @property
    def fences(self) -> list[Fence]:
        """The fences in their order. Where they start and end is known before, and for most texts enough."""
        return [*map(_plain_fence, self._plain), *self.unusual_fences]

    @property
    def last_fence(self) -> Fence | None:
        """The last fence; no other can be open."""
        return self._fence(self._count - 1) if self._count else None

    @cached_property
    def unusual_fences(self) -> tuple[Fence, ...]:
        """The first fence that is not of three backticks at the margin, and all after it."""
        return tuple(_fences(self.text, self.body, self._plain[-1].end() if self._plain else self.body))

    @cached_property
    def _plain(self) -> list[re.Match[str]]:
        """The fences before it."""
        return [] if _has_tildes(self.text, self.body) else list(_plain_fences(self.text, self.body))

    @cached_property
    def _count(self) -> int:
        return len(self._plain) + len(self.unusual_fences)

    def _fence(self, number: int) -> Fence:
        plain = len(self._plain)
        return _plain_fence(self._plain[number]) if number < plain else self.unusual_fences[number - plain]

    def fence_at(self, offset: int) -> Fence | None:
        """The fence in whose lines an offset is."""
        number = bisect_right(self._gap_starts, offset) - 1
        fence = self._fence(number) if 0 <= number < self._count else None
        return fence if fence and fence.span.start <= offset < fence.span.end else None

    def code_spans(self, start: int, end: int) -> Iterator[Span]:
        """The inline code, without its backticks, that reaches into ``text[start:end]``."""
        for gap in self._gaps(self._numbers(start, end), start):
            yield from (span for span in _near(self._code(gap, start, end), start, end) if span.end > start)

    def prose(self, start: int, end: int) -> str:
        """That part of the text, all that is not prose blanked out. Inline code that is one name stays."""
        spans = [(0, self.body)]
        numbers = self._numbers(start, end)
        for gap in self._gaps(numbers, start):
            spans += _near(gap.blocks, start, end)
            spans += _near(gap.quotes, start, end)
            code = _near(self._code(gap, start, end), start, end)
            spans += [span for span in code if not _is_name(self.text[slice(*span)])]
        spans += self._fence_spans[numbers.start : numbers.stop]
        return _blanked(self.text, spans, start, end)

    def is_prose(self, start: int, end: int) -> bool:
        """Whether all of ``text[start:end]`` is prose."""
        return self.prose(start, end) == self.text[start:end] and self.is_shown(start, end)

    def is_code(self, start: int, end: int) -> bool:
        """Whether a part of ``text[start:end]`` is code or HTML. Other than in prose, a quotation is text."""
        numbers = self._numbers(start, end)
        spans = self._fence_spans[numbers.start : numbers.stop]
        for gap in self._gaps(numbers, start):
            spans += (*_near(gap.blocks, start, end), *self._code(gap, start, end))
        return any(first < end and last > start for first, last in spans)

    def is_shown(self, start: int, end: int) -> bool:
        """Whether ``text[start:end]`` is no part of a link's destination, of an autolink, or of a tag of HTML."""
        around = self._between_blank_lines(Span(self.body, len(self.text)), start, end)
        if around and not markdown_inline.may_hide(self.text[slice(*around)]):
            return True  # mostly, and found out in a third of the time
        first, last = self._paragraph(start, end, markdown_inline.MAX_CHARACTERS)
        return markdown_inline.is_shown(self.text[first:last], start - first, end - first)

    def _paragraph(self, start: int, end: int, limit: int) -> Span:
        """The lines around a part of the text, up to the next blank ones; not much more than ``limit`` characters."""
        first = line_start(self.text, start)
        while self.body < first > start - limit:
            above = line_start(self.text, first - 1)
            if not self.text[above:first].strip():
                break
            first = above
        blank = _BLANK_LINE.search(self.text, end, end + limit)
        return Span(max(first, self.body), blank.start() if blank else min(end + limit, len(self.text)))

    def _gaps(self, numbers: range, start: int) -> Iterator[Gap]:
        """Those gaps that reach beyond ``start``."""
        return (self._gap(number) for number in numbers if self._gap_end(number) > start)

    def _numbers(self, start: int, end: int) -> range:
        """The numbers of the gaps that may reach into a part of the text, each that of the next fence, too."""
        first = bisect_right(self._gap_starts, start) - 1
        return range(max(first, 0), bisect_left(self._gap_starts, end))

    @cached_property
    def _fence_spans(self) -> list[tuple[int, int]]:
        """Where the line of each fence starts, and where the fence ends."""
        return list(zip(self._fence_lines, self._gap_starts[1:], strict=True))

    @cached_property
    def _fence_lines(self) -> list[int]:
        return [*map(re.Match.start, self._plain), *map(_FIRST_LINE, self.unusual_fences)]

    @cached_property
    def _gap_starts(self) -> list[int]:
        return [self.body, *map(re.Match.end, self._plain), *map(_END, self.unusual_fences)]

    def _gap(self, number: int) -> Gap:
        if number not in self._known_gaps:
            self._known_gaps[number] = self._read_gap(number)
        return self._known_gaps[number]

    @cached_property
    def _known_gaps(self) -> dict[int, Gap]:
        return {}

    def _read_gap(self, number: int) -> Gap:
        text, start, end = self.text, self._gap_starts[number], self._gap_end(number)
        quotes = []
        if text.find(">", start, end) >= 0:  # a plain look is far quicker
            quotes = [Span(*found.span("quote")) for found in _QUOTE.finditer(text, max(0, start - 1), end)]
        found = [*_indented(text, self.body, start, end), *_html(text, start, end)]
        if not found:  # mostly
            return Gap(Span(start, end), [Span(start, end)] if start < end else [], [], quotes)
        gap = Gap(Span(start, end), [], [], quotes)
        read = start
        for block in (*sorted(found), Span(end, end)):
            if block.start > read:
                gap.texts.append(Span(read, block.start))
            if block.end > read:
                gap.blocks.append(Span(max(read, block.start), block.end))
                read = block.end
        return gap

    def _code(self, gap: Gap, start: int, end: int) -> list[Span]:
        """The inline code of a gap; where it is long, of the paragraphs around a part of the text alone."""
        around = self._between_blank_lines(gap.texts[0], start, end) if len(gap.texts) == 1 else None
        part = around or gap.span
        if part not in self._known_code:
            texts = [around] if around else gap.texts
            self._known_code[part] = [span for text in texts for span in _inline_code(self.text, *text)]
        return self._known_code[part]

    @cached_property
    def _known_code(self) -> dict[Span, list[Span]]:
        return {}

    def _between_blank_lines(self, gap: Span, start: int, end: int) -> Span | None:
        """The part of a gap from the blank line before to the one after; None where one of them is far."""
        first, last = max(gap.start, start - _NEAR), min(gap.end, end + _NEAR)
        before, after = self.text.rfind("\n\n", first, start), self.text.find("\n\n", end, last)
        if (before < 0 and first != gap.start) or (after < 0 and last != gap.end):
            return None
        return Span(first if before < 0 else before, last if after < 0 else after)

    def _gap_end(self, number: int) -> int:
        return self._fence_lines[number] if number < self._count else len(self.text)

    def outside(self, *words: str) -> list[tuple[int, str]]:
        """Where words stand outside of fences, in order, each with its word; a word may begin with a line break."""
        outside, skeleton = self._outside, self._skeleton
        found = [
            (offset, word)
            for word, its_skeleton, offsets_in in _sought(words)
            if its_skeleton in skeleton
            for offset in offsets_in(outside)
        ]
        return [(self._place(offset), word) for offset, word in sorted(found)] if found else []

    def _place(self, offset: int) -> int:
        """The offset in the text of one in ``_outside``."""
        piece = bisect_right(self._piece_places, offset) - 1
        return self._piece_starts[piece] + offset - self._piece_places[piece]

    # The pieces are the gaps, each with the line break before it. A file has some dozens: loops of Python over them
    # take three times as long as `map`.

    @cached_property
    def _piece_starts(self) -> list[int]:
        return [start - 1 if start else 0 for start in self._gap_starts]

    @cached_property
    def _piece_ends(self) -> list[int]:
        return [*self._fence_lines, len(self.text)]

    @cached_property
    def _piece_places(self) -> list[int]:
        """Where the pieces start in ``_outside``."""
        return [0, *accumulate(map(sub, self._piece_ends, self._piece_starts))]

    @cached_property
    def _outside(self) -> str:
        """All pieces: mostly a third of the text, so that a look for words that are not there takes no time."""
        return "".join(map(self.text.__getitem__, map(slice, self._piece_starts, self._piece_ends)))

    @cached_property
    def _skeleton(self) -> bytes:
        return _skeleton(self._outside)


def _skeleton(text: str) -> bytes:
    """The capitals of a text, and a few other signs: when a word's skeleton is not in it, nor is the word in the text.

    It is an eighth of the text, so that is found out soon; the signs are those that tell tools' names from others.
    """
    return text.encode().translate(None, _FLESH)


@lru_cache(maxsize=512)
def _sought(words: tuple[str, ...]) -> tuple[tuple[str, bytes, Callable[[str], Iterator[int]]], ...]:
    """Each word with its skeleton, and what finds it in a text."""
    return tuple([(word, _skeleton(word), _finder(word)) for word in words])


def _finder(word: str) -> Callable[[str], Iterator[int]]:
    if len(word) == len("\n@") and word[0] == "\n":
        return partial(_after_breaks, word[1])
    expression = re.compile(re.escape(word))  # mostly it takes half the time of `str.find`
    return lambda text: map(re.Match.start, expression.finditer(text))


def _after_breaks(sign: str, text: str) -> Iterator[int]:
    """Where a line break and this sign are. The sign is rare, and a single one is found at once."""
    at = text.find(sign)
    while at >= 0:
        if at and text[at - 1] == "\n":
            yield at - 1
        at = text.find(sign, at + 1)


def _near(spans: list[Span], start: int, end: int) -> list[Span]:
    """All of the spans, which are in order, that reach into a part of the text; and perhaps the one before."""
    if not spans:
        return spans
    first = bisect_left(spans, (start,)) - 1
    return spans[max(first, 0) : bisect_left(spans, (end,))]


def _blanked(text: str, spans: list[tuple[int, int]], start: int, end: int) -> str:
    """``text[start:end]`` with those spans blanked out."""
    pieces: list[str] = []
    read = start
    for first, last in sorted(spans):
        if first < end and last > read:
            pieces += [text[read:first], _blanks(text[max(read, first) : min(last, end)])]
            read = last
    return "".join([*pieces, text[read:end]])


def _blanks(text: str) -> str:
    if "\n" not in text:
        return " " * len(text)
    if "\r" not in text:
        return "\n".join([" " * len(line) for line in text.split("\n")])
    return _NOT_LINE_BREAKS.sub(lambda found: " " * len(found[0]), text)


def _inline_code(text: str, start: int, end: int) -> Iterator[Span]:
    for runs in _runs_by_paragraph(text, start, end):
        yield from _code_spans(text, runs)


def _runs_by_paragraph(text: str, start: int, end: int) -> Iterator[list[Run]]:
    """The runs of backticks in what is no code; those of one list, at least two, can belong together."""
    runs = [found.span() for found in _BACKTICKS.finditer(text, start, end)]
    first = 0
    for number, (run, after) in enumerate(pairwise(runs), 1):
        if text.find("\n", run[1], after[0]) >= 0 and _BLOCK_END.search(text, run[1], after[0]):
            if number - first > 1:
                yield runs[first:number]
            first = number
    if len(runs) - first > 1:
        yield runs[first:]


def _indented(text: str, body: int, start: int, end: int) -> Iterator[Span]:
    """Code by indentation in ``text[start:end]``: after a blank line, and not what goes on in a list."""
    first = max(0, start - 2)
    # a plain look is far quicker, and one for a single sign the quickest
    if text.find("\n    ", first, end) < 0 and (text.find("\t", first, end) < 0 or text.find("\n\t", first, end) < 0):
        return
    for found in _INDENTED.finditer(text, first, end):
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
    if text.find("<", start, end) < 0:
        return
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


def _plain_fences(text: str, body: int) -> Iterator[re.Match[str]]:
    """The first fences of three backticks at the margin, as long as all marks are of such fences."""
    for found in _PLAIN.finditer(text, body):
        if found[1] is None or (text[found.start() - 1] != "\n" and found.start() > body):
            return
        yield found


def _plain_fence(found: re.Match[str]) -> Fence:
    words = found[1].split(None, 1)
    language = words[0].lower() if words else ""
    start, end = found.span()
    return new_tuple(Fence, (start, language, "```", start, new_tuple(Span, found.span(2)), end, True, False))


def _fences(text: str, body: int, start: int) -> Iterator[Fence]:
    """The fences of a body from ``start`` on, where none is open."""
    marks = _marks(text, body, start)
    for found in marks:
        opening, content = found.span()
        first = opening
        if text[opening - 1] != "\n" and (first := _mark_line(text, body, opening)) < 0:
            continue
        signs, info = found.groups()
        if "`" in info and signs[0] == "`":
            continue
        words = info.split(None, 1)
        language = words[0].lower() if words else ""
        holds_marks = False
        for closing in marks:
            last, end = closing.span()
            if text[last - 1] != "\n" and (last := _mark_line(text, body, last, _BEFORE_CLOSING)) < 0:
                continue
            others, rest = closing.groups()
            if others.startswith(signs) and (not rest or rest.isspace()):
                span = new_tuple(Span, (content, last))
                yield new_tuple(Fence, (first, language, signs, opening, span, end, True, holds_marks))
                break
            holds_marks = True
        else:
            span = Span(content, len(text))
            yield Fence(first, language, signs, opening, span, span.end, closed=False, holds_marks=holds_marks)


def _mark_line(text: str, body: int, start: int, before: re.Pattern[str] = _BEFORE_MARKS) -> int:
    """Where the line of these marks starts; -1 when something before them keeps them from being those of a fence."""
    line = max(line_start(text, start), body)
    return line if line == start or before.fullmatch(text, line, start) else -1


def _marks(text: str, body: int, start: int) -> Iterator[re.Match[str]]:
    """What may open or close a fence from ``start`` on, in order."""
    ticks = _TICKS.finditer(text, start)
    if not _has_tildes(text, body):
        return ticks
    return iter(sorted([*ticks, *_TILDES.finditer(text, start)], key=re.Match.start))


def _has_tildes(text: str, body: int) -> bool:
    # Tildes are rare: to go from one to the next takes an eighth of a look for three together.
    at = text.find("~", body)
    while at >= 0 and not text.startswith("~~~", at):
        at = text.find("~", at + 1)
    return at >= 0


def _code_spans(text: str, runs: list[Run]) -> Iterator[Span]:
    """Spans between equally long runs of backticks of one paragraph, the backticks not included."""
    number = 0
    if len({end - start for start, end in runs}) < 2:  # mostly single backticks
        while number + 1 < len(runs):
            start, end = runs[number]
            if text[start - 1 : start] != "\\":
                number += 1
                yield Span(end, runs[number][0])
            number += 1
        return
    by_length: dict[int, list[int]] = {}
    for number, (start, end) in enumerate(runs):
        by_length.setdefault(end - start, []).append(number)
    number = 0
    while number < len(runs):
        start, end = runs[number]
        same = by_length[end - start]
        after = bisect_right(same, number)
        if after < len(same) and text[start - 1 : start] != "\\":
            number = same[after]
            yield Span(end, runs[number][0])
        number += 1


def _is_name(code: str) -> bool:
    return _IDENTIFIER.fullmatch(code.strip()) is not None

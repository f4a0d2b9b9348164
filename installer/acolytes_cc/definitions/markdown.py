"""The structure of a body: fences, inline code, and what is plain prose."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from acolytes_cc.definitions.source import Source, Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_BACKTICKS = re.compile(r"`+")
_NOT_LINE_BREAK = re.compile(r"[^\r\n]")
_IDENTIFIER = re.compile(r"[\w*.-]+")


class Fence(NamedTuple):
    """A fenced block: its language in lower case (may be empty) and the span of its content's lines."""

    language: str
    span: Span


@dataclass(frozen=True)
class Structure:
    """Fences and inline code by span, and ``prose``: the whole text with everything that is not prose blanked out.

    Offsets in ``prose`` are the text's own. Inline code that is one name stays in it, other inline code does not.
    """

    fences: tuple[Fence, ...]
    code_spans: tuple[Span, ...]
    prose: str


def read_structure(source: Source, body: int) -> Structure:
    """Parse the blocks of ``source.text[body:]``; the inline phase, half of a parser's time, is not needed."""
    first_line = source.position(body).line - 1
    starts = [body, *source.line_starts[first_line + 1 :], len(source.text)]
    fences: list[Fence] = []
    blank: list[Span] = [Span(0, body)]
    code: list[Span] = []
    for token in _parser().parse(source.text[body:]):
        if token.map is None:
            continue
        top, bottom = (min(line, len(starts) - 1) for line in token.map)
        span = Span(starts[top], starts[bottom])
        if token.type == "fence":
            language = token.info.split()[0].lower() if token.info.split() else ""
            # Without its two fence lines; an unclosed fence ends with the text.
            lines = token.content.count("\n") + (token.content[-1:] not in ("", "\n"))
            closed = lines < bottom - top - 1
            last = bottom - 1 if closed else bottom
            fences.append(Fence(language, Span(starts[min(top + 1, last)], starts[last])))
        if token.type in ("fence", "code_block", "html_block", "blockquote_open"):
            blank.append(span)
        elif token.type == "inline":
            code.extend(_code_spans(source.text, span))
    blank.extend(span for span in code if not _is_name(source.text[slice(*span)]))
    return Structure(tuple(fences), tuple(code), _blanked(source.text, blank))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _code_spans(text: str, block: Span) -> Iterator[Span]:
    """Spans between equally long runs of backticks, the backticks not included."""
    runs = [Span(*found.span()) for found in _BACKTICKS.finditer(text, *block)]
    by_length: dict[int, list[int]] = defaultdict(list)
    for number, run in enumerate(runs):
        by_length[run.end - run.start].append(number)
    number = 0
    while number < len(runs):
        run = runs[number]
        same = by_length[run.end - run.start]
        after = bisect_right(same, number)
        escaped = run.start > block.start and text[run.start - 1] == "\\"
        if after < len(same) and not escaped:
            number = same[after]
            yield Span(run.end, runs[number].start)
        number += 1


def _is_name(code: str) -> bool:
    return _IDENTIFIER.fullmatch(code.strip()) is not None


def _blanked(text: str, spans: list[Span]) -> str:
    pieces: list[str] = []
    read = 0
    for start, end in sorted(spans):
        if end > read:
            begin = max(read, start)
            pieces += [text[read:begin], _NOT_LINE_BREAK.sub(" ", text[begin:end])]
            read = end
    return "".join([*pieces, text[read:]])

"""Checks a report: every number with a unit carries the id of an answer, the word assumption or a source.

An id covers the figures of its paragraph, list item or row. These must be figures of that answer, to the printed
precision. The word assumption and a source cover their sentence or row. At the end of a paragraph, or in the line with
a colon before a list or table, they cover all of it. So does a heading with the word assumption. An id also covers the
rows of a table when it is in the line of the table's headings, in the heading above it or in the sentence before it.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from acolytes_perf.outputs.answer_files import SavedAnswer
from acolytes_perf.reports.figures import Figure, find_figures, other_reading, words_after_numbers
from acolytes_perf.reports.known_figures import Known, agrees, known_figures, nearest
from acolytes_perf.reports.language import ENGLISH, language_of
from acolytes_perf.reports.markdown import Block, Markdown, parse
from acolytes_perf.reports.origins import (
    Origin,
    find_origin,
    is_assumption_heading,
    is_origin_column,
    names_origin,
)

#: The kinds of findings.
NO_ORIGIN, UNKNOWN_ID, DISAGREES, EDITED = "no_origin", "unknown_id", "disagrees", "edited_answer"
#: How a figure may be traced.
TRACED, ASSUMED, SOURCED = "traced", "assumed", "sourced"

_SENTENCE_END = re.compile(r"(?:[.!?][)\"'”*_]*)\s+(?=[A-Z\d*_`\[(\"“$€£~])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|approx|ca|cf|vs|no|fig|etc|incl|max|min|resp)|\b[A-Z])\.$", re.IGNORECASE
)
_CLOSING = re.compile(
    r"\W*(?:sources?|origins?|results?|assum\w*|all (?:figures|numbers|values)|figures|ids?)\b", re.IGNORECASE
)
#: How a paragraph begins that says where the table above it comes from.
_CAPTION = re.compile(
    r"\W*(?:tables?|sources?|origins?|results?|from|all (?:figures|numbers|values)|figures|ids?)\b", re.IGNORECASE
)


class Finding(NamedTuple):
    """Something wrong at one place: lines and columns count from 1."""

    line: int
    column: int
    code: str
    text: str
    message: str
    fix: str


class Report(NamedTuple):
    """What a check found: the findings, how many figures there are, and how they are traced.

    `language` is the one that the text is written in. In another one than English, `unread` are the numbers before
    words that this check does not know as units.
    """

    findings: list[Finding]
    figures: int
    counts: Mapping[str, int]
    ids: list[str]
    language: str
    unread: list[str]


class _Scope(NamedTuple):
    """A piece of text around a figure, with the origin that it names."""

    start: int
    end: int
    origin: Origin


def check_report(text: str, answers: Sequence[SavedAnswer]) -> Report:
    """Check a report against the answers that are kept beside it."""
    return _Check(text, answers).report()


class _Check:
    def __init__(self, text: str, answers: Sequence[SavedAnswer]) -> None:
        self.text = text
        self.answers = {answer.id: answer for answer in answers}
        self.markdown: Markdown = parse(text)
        self.notes = {block.note: text[block.start : block.end] for block in self.markdown.blocks if block.note}
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.findings: list[Finding] = []
        self.counts = {TRACED: 0, ASSUMED: 0, SOURCED: 0}
        self.figures = 0
        self.ids: dict[str, int] = {}
        self._known: dict[str, list[Known]] = {}
        blocks = self.markdown.blocks
        self.language = language_of(" ".join(self.markdown.visible[block.start : block.end] for block in blocks))
        self.unread: list[str] = []

    def report(self) -> Report:
        for index, block in enumerate(self.markdown.blocks):
            self._block(block, self._caption(index))
        for found, place in self.ids.items():
            answer = self.answers.get(found)
            if answer is None:
                fix = "keep the answer with --save, and lint with --answers FOLDER if it is not beside the report"
                self._add(place, UNKNOWN_ID, found, f"no answer with the id {found} is beside the report", fix)
            elif answer.is_edited:
                message = f"the answer {found} was edited after it was written ({answer.path})"
                self._add(place, EDITED, found, message, "make the answer again with --save")
        return Report(sorted(self.findings), self.figures, self.counts, list(self.ids), self.language, self.unread)

    def _caption(self, index: int) -> Origin | None:
        """The origin that the paragraph right after a table names, for the rows of that table."""
        blocks = self.markdown.blocks
        if not blocks[index].headings:
            return None
        after = next((place for place in range(index + 1, len(blocks)) if not blocks[place].headings), None)
        if after is None:
            return None
        caption = blocks[after]
        if (
            self.markdown.visible[blocks[after - 1].end : caption.start].strip()
            or caption.start - blocks[after - 1].end > 2
        ):
            return None
        text = self.text[caption.start : caption.end]
        return self._scope(caption.start, caption.end).origin if _CAPTION.match(text) else None

    def _block(self, block: Block, caption: Origin | None) -> None:
        whole = self._scope(block.start, block.end)
        for found, place in whole.origin.ids:
            self.ids.setdefault(found, block.start + place)
        visible = self.markdown.visible[block.start : block.end]
        visible = _without_joined_lines(visible)
        figures = find_figures(visible, self.language)
        if self.language != ENGLISH:
            self.unread += words_after_numbers(visible, self.language)
        if not figures:
            return
        sentences = list(self._sentences(block))
        for figure in figures:
            self.figures += 1
            self._figure(figure, block, [whole, *sentences], caption)

    def _scope(self, start: int, end: int) -> _Scope:
        return _Scope(start, end, find_origin(self.text[start:end], set(self.answers), self.notes))

    def _sentences(self, block: Block) -> Iterator[_Scope]:
        """The sentences of a block. A row of a table is one."""
        text, start = self.text[block.start : block.end], 0
        ends = [] if block.headings else [
            match.end() for match in _SENTENCE_END.finditer(text)
            if not _ABBREVIATION.search(text[: match.start() + 1])
        ]  # fmt: skip
        pieces: list[tuple[int, int]] = []
        for end in [*ends, len(text)]:
            # "... 104 servers. (603e3b12729f)" belongs together
            if pieces and re.match(r"[(\[][^()\[\]]*[)\]][.\s]*$", text[start:end]):
                pieces[-1] = (pieces[-1][0], end)
            else:
                pieces.append((start, end))
            start = end
        for begin, end in pieces:
            yield self._scope(block.start + begin, block.start + end)

    def _figure(self, figure: Figure, block: Block, scopes: list[_Scope], caption: Origin | None) -> None:
        whole, *sentences = scopes
        place = block.start + figure.start
        own = next((scope for scope in sentences if scope.start <= place < scope.end), whole)
        lead = self._scope(*block.lead).origin if block.lead else None
        last = sentences[-1]
        closing = last.origin if len(sentences) > 1 and _CLOSING.match(self.text[last.start : last.end]) else None
        origins = [origin for origin in (own.origin, closing, lead, caption) if origin]
        ids = dict.fromkeys(found for origin in (own.origin, whole.origin, *origins) for found, _ in origin.ids)
        known = self._cited(ids)
        if self._has(known, figure):
            self.counts[TRACED] += 1
            return
        named = self._named(origins, place, block)
        if named:
            self.counts[named] += 1
            return
        # what a row says itself comes before what is above its table
        ids.update(self._ids_above(block))
        known = self._cited(ids)
        if self._has(known, figure):
            self.counts[TRACED] += 1
        elif known:
            self._disagreement(figure, place, known)
        elif not ids:
            fix = "add the id of the answer that has it, the word assumption, or a source"
            if block.headings:
                fix += "; an id in the sentence before the table or in its line of headings counts for all rows"
            self._add(place, NO_ORIGIN, figure.text, f"{figure.text!r} has no origin", fix)

    def _cited(self, ids: Mapping[str, None]) -> list[SavedAnswer]:
        """Those of the cited answers that are there."""
        return [self.answers[found] for found in ids if found in self.answers]

    def _has(self, known: Sequence[SavedAnswer], figure: Figure) -> bool:
        """Whether one of the answers has the figure; any answer stands for the width after a plus or minus."""
        if figure.is_margin:
            return bool(known)
        readings = {figure} if self.language == ENGLISH else {figure, other_reading(figure)}
        return any(agrees(reading, one) for answer in known for one in self._figures_of(answer) for reading in readings)

    def _ids_above(self, block: Block) -> dict[str, None]:
        """The ids that count for all rows of a table: in the sentence before it, its line of headings, its heading."""
        if not block.headings:
            return {}
        ids: dict[str, None] = {}
        for start, end in block.above:
            *_, last = self._sentences(Block(start, end, ()))
            for found, place in last.origin.ids:
                self.ids.setdefault(found, last.start + place)
                ids[found] = None
        if block.heading:
            # a heading has no place here, so that an unknown id in it is no origin
            origin = find_origin(block.heading[-1], set(self.answers), self.notes)
            ids.update(dict.fromkeys(found for found, _ in origin.ids if found in self.answers))
        return ids

    def _named(self, origins: Sequence[Origin], place: int, block: Block) -> str | None:
        """Whether a figure is an assumption or has a source."""
        if any(origin.is_assumption for origin in origins) or any(map(is_assumption_heading, block.heading)):
            return ASSUMED
        if any(start <= place < end and is_assumption_heading(name) for start, end, name in block.headings):
            return ASSUMED
        if any(origin.has_source for origin in origins) or block.note:
            return SOURCED
        for start, end, name in block.headings:
            if is_origin_column(name) and not start <= place < end:
                cell = self.text[start:end]
                # ids alone are no other source
                if names_origin(cell) and not find_origin(cell, set(self.answers), {}).ids:
                    return SOURCED
        return None

    def _disagreement(self, figure: Figure, place: int, answers: list[SavedAnswer]) -> None:
        ids = " and ".join(answer.id for answer in answers)
        known = [one for answer in answers for one in self._figures_of(answer)]
        close = nearest(figure, known)
        hint = f"; the nearest is {close.name} = {close.printed}" if close else ""
        message = f"{figure.text!r} is not a figure of {ids}{hint}"
        fix = (
            "write the figure as the answer has it, cite the answer that has it, or add the word assumption or a source"
        )
        self._add(place, DISAGREES, figure.text, message, fix)

    def _figures_of(self, answer: SavedAnswer) -> list[Known]:
        if answer.id not in self._known:
            self._known[answer.id] = known_figures(answer)
        return self._known[answer.id]

    def _add(self, place: int, code: str, text: str, message: str, fix: str) -> None:
        line = bisect.bisect_right(self.starts, place)
        self.findings.append(Finding(line, place - self.starts[line - 1] + 1, code, text, message, fix))


def _without_joined_lines(text: str) -> str:
    """The text with spaces for line breaks, list markers and quotes, of the same length."""
    text = re.sub(r"^\s*(?:> ?)*(?:[-*+]|\d{1,9}[.)])\s+", lambda match: " " * len(match[0]), text)
    return re.sub(r"\n\s*(?:> ?)*", lambda match: " " * len(match[0]), text)

"""The parts of a Markdown text in which figures count: paragraphs, list items, quotes and rows of tables.

Everything else is blanked out in a copy of the same length, so that places in it are places in the text: front matter,
code, comments, headings, addresses of links, and HTML tags.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_FENCE = re.compile(r"^ {0,3}(?:> ?)*(?:[-*+] |\d{1,9}[.)] )?\s*(`{3,}|~{3,})")
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:\s+(.*?))?\s*#*\s*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?")
_QUOTE = re.compile(r"^ {0,3}(?:> ?)+")
_NOTE = re.compile(r"^ {0,3}\[\^([^\]]+)\]:\s*")
_LINK_DEFINITION = re.compile(r"^ {0,3}\[[^\]^][^\]]*\]:\s*\S+.*$")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_BLANKED = (
    re.compile(r"(?<=\])\([^()\s]*(?:\s\"[^\"]*\")?\)"),  # the address of a link
    re.compile(r"<[A-Za-z/][^<>]*>"),
    re.compile(r"https?://[^\s)>\]]+"),
)
_CODE_SPAN = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
#: Code that is one figure: at most a few words.
_FIGURE_CODE = re.compile(r"[^\w`]?\d[\d.,]*\s?[^\s`=]{0,12}(?: [a-z]+)?")


class Block(NamedTuple):
    """A part of a text that stands for itself.

    Attributes:
        start: where it begins.
        end: where it ends.
        heading: the headings above it, the nearest last.
        headings: of a table's row: the place of each cell with its column's heading.
        lead: for an item or row, the paragraph before the list or table that ends with a colon, as (start, end).
        note: the name of the footnote that it explains.
        above: for a row, the line of the table's headings and the paragraph before the table, each as (start, end).
    """

    start: int
    end: int
    heading: tuple[str, ...]
    headings: tuple[tuple[int, int, str], ...] = ()
    lead: tuple[int, int] | None = None
    note: str | None = None
    above: tuple[tuple[int, int], ...] = ()


class Markdown(NamedTuple):
    """The parsed text: `visible` is the copy of the same length in which only what counts is left."""

    text: str
    visible: str
    blocks: list[Block]


def parse(text: str) -> Markdown:
    """Find the blocks of a Markdown text."""
    visible = _without_comments(text)
    lines = visible.split("\n")
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    reader = _Reader(lines, starts)
    reader.read()
    visible = "\n".join(lines)
    return Markdown(text, _without_code_and_addresses(visible), reader.blocks)


def _blank(text: str) -> str:
    return "".join("\n" if sign == "\n" else " " for sign in text)


def _without_comments(text: str) -> str:
    return re.sub(r"<!--.*?(?:-->|\Z)", lambda match: _blank(match[0]), text, flags=re.DOTALL)


def _without_code_and_addresses(text: str) -> str:
    def code(match: re.Match[str]) -> str:
        ticks = len(match[1])
        inside = match[2] if _FIGURE_CODE.fullmatch(match[2].strip()) else " " * len(match[2])
        return f"{' ' * ticks}{inside}{' ' * ticks}"

    text = _CODE_SPAN.sub(code, text)
    for pattern in _BLANKED:
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    # emphasis around a number or its unit
    return re.sub(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)", lambda match: " " * len(match[0]), text)


class _Reader:
    """Walks over the lines, blanks out what does not count, and collects the blocks."""

    def __init__(self, lines: list[str], starts: list[int]) -> None:
        self.lines, self.starts = lines, starts
        self.blocks: list[Block] = []
        self._path: list[tuple[int, str]] = []
        self._open: int | None = None  # the first line of the open paragraph or item
        self._is_item = False
        self._note: str | None = None
        self._lead: tuple[int, int] | None = None
        self._last_paragraph: tuple[int, int] | None = None
        self._before: tuple[int, int] | None = None  # the paragraph before, whatever its end

    def read(self) -> None:
        """Read all lines."""
        index = self._front_matter()
        while index < len(self.lines):
            index = self._line(index)
        self._close(len(self.lines))

    def _front_matter(self) -> int:
        if self.lines[0].strip() != "---":
            return 0
        end = next((index for index, line in enumerate(self.lines[1:], 1) if line.strip() in ("---", "...")), 0)
        for index in range(end + 1 if end else 0):
            self._erase(index)
        return end + 1 if end else 0

    def _line(self, index: int) -> int:
        """Read one line, or a construct of several, and return the next one."""
        line = self.lines[index]
        fence = _FENCE.match(line)
        if fence:
            return self._code(index, fence[1])
        if not line.strip():
            self._close(index)
            return index + 1
        heading = _HEADING.match(line)
        if heading:
            self._section(index, len(heading[1]), heading[2] or "")
            return index + 1
        if self._open is not None and not self._is_item and _UNDERLINE.match(line) and self._open == index - 1:
            level = 1 if "=" in line else 2
            title, self._open = self.lines[index - 1].strip(), None
            self._section(index - 1, level, title)
            self._erase(index)
            return index + 1
        if "|" in line and index + 1 < len(self.lines) and _is_rule(self.lines[index + 1]):
            return self._table(index)
        if _LINK_DEFINITION.match(line):
            self._close(index)
            self._erase(index)
            return index + 1
        if self._open is None and re.match(r" {4}|\t", line) and not (self.blocks and self._in_list):
            self._erase(index)  # code by its indentation
            return index + 1
        item, note = _ITEM.match(_QUOTE.sub("", line)), _NOTE.match(line)
        if item or note:
            self._close(index)
            self._open, self._is_item, self._note = index, bool(item), note[1] if note else None
        elif self._open is None:
            self._open, self._is_item, self._note = index, False, None
        return index + 1

    @property
    def _in_list(self) -> bool:
        return self._lead is not None or self._is_item

    def _close(self, end: int) -> None:
        """End the open paragraph or item before a line."""
        if self._open is None:
            return
        start = self.starts[self._open]
        stop = self.starts[end - 1] + len(self.lines[end - 1])
        place = (start, stop)
        if self._is_item:
            if self._last_paragraph is not None:
                self._lead, self._last_paragraph = self._last_paragraph, None
        else:
            text = "\n".join(self.lines[self._open : end]).rstrip(" *_")
            self._last_paragraph = place if text.endswith(":") else None
            self._lead = None
        self._before = None if self._is_item else place
        self.blocks.append(Block(*place, self._headings(), lead=self._lead if self._is_item else None, note=self._note))
        self._open = None

    def _headings(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._path)

    def _section(self, index: int, level: int, title: str) -> None:
        self._close(index)
        self._path = [(depth, name) for depth, name in self._path if depth < level] + [(level, title)]
        self._lead = self._last_paragraph = self._before = None
        self._is_item = False
        self._erase(index)

    def _erase(self, index: int) -> None:
        self.lines[index] = " " * len(self.lines[index])

    def _code(self, index: int, fence: str) -> int:
        self._close(index)
        self._before = None
        if not self.lines[index].startswith(" "):
            self._is_item = False
        end = index + 1
        while end < len(self.lines):
            closing = self.lines[end].strip(" >")
            if closing.startswith(fence) and not closing.strip(fence[0]):
                break
            end += 1
        for number in range(index, min(end + 1, len(self.lines))):
            self._erase(number)
        return end + 1

    def _table(self, index: int) -> int:
        """The rows of a table, each a block."""
        if self._open is not None:
            self._close(index)
        lead = self._last_paragraph
        above: tuple[tuple[int, int], ...]
        above = ((self.starts[index], self.starts[index] + len(self.lines[index])),)
        if self._before is not None:
            above = (self._before, *above)
        names = [self.lines[index][start:end].strip() for start, end in _cells(self.lines[index])]
        self._erase(index)
        self._erase(index + 1)
        row = index + 2
        while row < len(self.lines) and "|" in self.lines[row] and self.lines[row].strip():
            start = self.starts[row]
            places = _cells(self.lines[row])
            headings = tuple((start + begin, start + end, name) for (begin, end), name in zip(places, names))
            block = Block(start, start + len(self.lines[row]), self._headings(), headings, lead, above=above)
            self.blocks.append(block)
            row += 1
        self._last_paragraph = self._lead = self._before = None
        self._is_item = False
        return row


def _is_rule(line: str) -> bool:
    return bool(_TABLE_RULE.match(line)) and "-" in line and "|" in line


def _cells(line: str) -> list[tuple[int, int]]:
    """Where each cell of a row begins and ends."""
    bars = [match.start() for match in re.finditer(r"(?<!\\)\|", line)]
    edges = [-1, *bars, len(line)]
    places = [(left + 1, right) for left, right in zip(edges, edges[1:])]
    if places and not line[: places[0][1]].strip():
        places = places[1:]
    if places and not line[places[-1][0] :].strip():
        places = places[:-1]
    return places

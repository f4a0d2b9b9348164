"""Where the cursor is in frontmatter. Lines are read by their indentation, so the YAML may be unfinished or wrong."""

from __future__ import annotations

import re
from typing import NamedTuple

from acolytes_cc.definitions.source import Span
from acolytes_cc.language_server.place import Path, Place, Step
from acolytes_cc.language_server.text import Text

_FENCE = re.compile(r"---[ \t]*")
_LINE = re.compile(r"(?P<indent> *)(?P<dashes>(?:-(?: +|$))*)(?:(?P<key>[\w-]+) *:(?P<value>(?:[ \t].*)?)$)?")
_KEY = re.compile(r"[\w-]*")
_KEY_HERE = re.compile(r" *(?:- +)*(?P<word>[\w-]*)")
_VALUE_HERE = re.compile(r" *(?:- +)*(?P<key>[\w-]+) *: +(?P<value>.*)")
_ITEM_HERE = re.compile(r" *(?:- +)+(?P<value>.*)")
# Behind the last separator of a list on one line
_WORD = re.compile(r"(?P<quote>[\"']?)(?P<word>[^\s,\[\]\"']*)$")


class _Line(NamedTuple):
    """A line of frontmatter: where its dash and its key start, the key, and what is behind the colon."""

    dash: int | None
    column: int
    key: str | None
    value: str


def yaml_place(text: Text, offset: int) -> Place | None:
    """Return where the cursor is; None outside of frontmatter, and where nothing can be completed."""
    number = text.line_of(offset)
    if number == 0 or not _FENCE.fullmatch(text.line(0)):
        return None
    lines = [text.line(one) for one in range(1, number)]
    if any(map(_FENCE.fullmatch, [*lines, text.line(number)])):
        return None
    start = text.line_starts[number]
    line, before = text.line(number), text.content[start:offset]
    here = _read(line)
    around = _around(lines, here)
    if value := _VALUE_HERE.fullmatch(before):
        return _value(text, (*around, value["key"]), offset, value["value"])
    item = _ITEM_HERE.fullmatch(before)
    # an item of most lists is a word, an item of hooks a map
    if item and (around[:1] != ("hooks",) or not _KEY_HERE.fullmatch(before)):
        return _value(text, around, offset, item["value"])
    key_here = _KEY_HERE.fullmatch(before)
    if key_here is None:
        return _value(text, around, offset, before) if around else None
    word = start + key_here.start("word")
    rest = _KEY.match(text.content, offset)
    end = rest.end() if rest else offset
    siblings = {one.key for one in map(_read, _map_around(text, number, here)) if one.key}
    return Place(
        around,
        is_key=True,
        span=Span(word, end),
        siblings=frozenset(siblings),
        style="yaml",
        has_colon=text.content[end : end + 1] == ":",
    )


def _value(text: Text, path: Path, offset: int, before: str) -> Place | None:
    """The place of the word at the end of ``before``, in a value."""
    word = _WORD.search(before)
    if word is None or "#" in before:
        return None
    rest = re.match(r"[^\s,\[\]\"']*", text.content[offset:])
    end = offset + (len(rest[0]) if rest else 0)
    if word["quote"] and text.content[end : end + 1] == word["quote"]:
        end += 1
    span = Span(offset - len(word[0]), end)
    return Place(path, is_key=False, span=span, siblings=frozenset(), style="yaml", quote=word["quote"])


def _read(line: str) -> _Line:
    match = _LINE.match(line)
    if match is None:
        return _Line(None, 0, None, "")
    indent, dashes = len(match["indent"]), len(match["dashes"])
    return _Line(indent if dashes else None, indent + dashes, match["key"], (match["value"] or "").strip())


def _around(lines: list[str], here: _Line) -> Path:
    """The keys and places in lists that lead to a line."""
    path: list[Step] = []
    column, dash = here.column, here.dash
    if dash is not None:
        path.append(0)
    for line in map(_read, reversed([one for one in lines if one.strip() and not one.lstrip().startswith("#")])):
        if dash is None and line.dash is not None and line.dash < column <= line.column:
            # a key of the same map, which is an item of a list
            path.append(0)
            dash = line.dash
            continue
        limit = column - 1 if dash is None else dash
        if line.key is not None and line.column <= limit and (not line.value or line.value.startswith(("[", "#"))):
            path.append(line.key)
            column, dash = line.column, line.dash
            if dash is not None:
                path.append(0)
    return tuple(reversed(path))


def _map_around(text: Text, number: int, here: _Line) -> list[str]:
    """The other lines of the map with a line: those above and below with the same indentation."""
    found = []
    for step in (-1, 1):
        other = number + step
        while 0 < other < len(text.line_starts) and not _FENCE.fullmatch(text.line(other)):
            line = text.line(other)
            read = _read(line)
            if line.strip() and read.column < here.column:
                break
            if read.column == here.column:
                found.append(line)
            other += step
    return found

"""Three-way merge of one frontmatter value that both sides changed, in the text of the user's."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.tool_list import split_tools, tool_entries
from acolytes_cc.definitions.values import Value
from acolytes_cc.definitions.yaml_fields import read_fields
from acolytes_cc.install.merging.lines import line_end, merge_lines
from acolytes_cc.install.merging.plain import DifferError, merge_plain, same

# The client takes a text with several tools for a list.
_TOOL_LISTS = ("tools", "disallowedTools", "allowed-tools")
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z_][\w.()*/-]*")
_BLOCK_ITEM = re.compile(r"[ \t]*-[ \t]+")


class _Written(NamedTuple):
    """A key's lines, and the value in them."""

    text: str
    key: str
    value: Value

    @property
    def plain(self) -> Any:
        """The value; a text of tools as the list that the client makes of it."""
        if self.key in _TOOL_LISTS and isinstance(self.value.data, str):
            return list(split_tools(self.value.data))
        return self.value.plain()

    @property
    def spans(self) -> dict[str, Span]:
        """Where each item of a list is; empty where that is not clear."""
        spans = [entry.span for entry in tool_entries(self.value, self.text)]
        if self.value.kind == "list":
            spans = [item.span for item in self.value.items]
        plain = self.plain if isinstance(self.plain, list) else []
        return dict(zip(map(repr, plain), spans, strict=True)) if len(plain) == len(spans) else {}

    @property
    def is_block(self) -> bool:
        """Whether each item has a line of its own, after a dash."""
        return self.value.kind == "list" and self.text[self.value.span.start] != "["


def merge_value(key: str, old: str, mine: str, new: str) -> str | None:
    """The user's lines of ``key`` with our change in them; None where both changed the same part of the value.

    Maps are merged member by member, lists item by item. A change that cannot be written into the user's text counts as
    one that both made.
    """
    sides = [_read(key, text) for text in (old, mine, new)]
    baseline, users, ours = sides
    if baseline is None or users is None or ours is None:
        return None
    try:
        wanted = merge_plain(baseline.plain, users.plain, ours.plain)
    except DifferError:
        return None
    by_lines = merge_lines(old, mine, new, line_end(mine))
    attempts = [None if by_lines.clashes else by_lines.text]
    if isinstance(wanted, list):
        attempts.append(_by_lines(users, ours, wanted) if users.is_block else _by_words(users, ours, wanted))
    return next((text for text in attempts if text and (read := _read(key, text)) and same(read.plain, wanted)), None)


def _read(key: str, text: str) -> _Written | None:
    read = read_fields(text, Span(0, len(text)))
    if read.problem or read.repaired or [field.key for field in read.fields] != [key]:
        return None
    return _Written(text, key, read.fields[0].value)


def _by_words(users: _Written, ours: _Written, wanted: list[Any]) -> str | None:
    """The items one after the other, with what the user has between them; None where a comment would be lost."""
    spans = users.spans
    if not spans or not wanted:
        return None
    text, ends = users.text, [span.end for span in spans.values()]
    starts = [span.start for span in spans.values()]
    between = dict(
        zip(list(spans)[1:], (text[end:start] for end, start in zip(ends, starts[1:], strict=False)), strict=True)
    )
    usual = next(iter(between.values()), ", ")
    result = text[: starts[0]]
    for number, item in enumerate(wanted):
        name = repr(item)
        result += between.pop(name, usual) if number else ""
        result += text[slice(*spans[name])] if name in spans else _as_written(item, ours)
    is_lost = any("#" in kept for name, kept in between.items())
    return None if is_lost or "#" in usual else result + text[ends[-1] :]


def _by_lines(users: _Written, ours: _Written, wanted: list[Any]) -> str | None:
    """The items below each other, each with the lines below it; None where a comment would be lost."""
    text = users.text
    starts = [text.rfind("\n", 0, span.start) + 1 for span in users.spans.values()]
    mark = _BLOCK_ITEM.match(text, starts[0]) if starts else None
    if mark is None:
        return None
    end = text.find("\n", list(users.spans.values())[-1].end) + 1 or len(text)
    lines = dict(
        zip(
            users.spans, (text[start:stop] for start, stop in zip(starts, [*starts[1:], end], strict=True)), strict=True
        )
    )
    new = {repr(item): f"{mark[0]}{_as_written(item, ours)}{line_end(text)}" for item in wanted}
    dropped = [written for name, written in lines.items() if name not in new]
    if any("#" in written for written in dropped):
        return None
    return text[: starts[0]] + "".join(lines.get(name, written) for name, written in new.items()) + text[end:]


def _as_written(item: Any, ours: _Written) -> str:
    """An item of ours as our own text has it, or with quotes where it needs them."""
    if ours.value.kind == "list" and (span := ours.spans.get(repr(item))):
        return ours.text[slice(*span)]
    return str(item) if _NEEDS_NO_QUOTES.fullmatch(str(item)) else json.dumps(item, ensure_ascii=False)

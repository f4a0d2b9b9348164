"""The repair that the client makes when YAML does not parse.

``description: Use when: asked`` is not valid YAML, but the client loads it: it puts the values of such lines in quotes
and parses the text again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from acolytes_cc.definitions.source import Span

# The client's expression stops at any kind of line break, so the client never repairs lines that end with CR LF.
_LINE = re.compile(r"([a-zA-Z_-]+):[^\S\n]+(\S[^\r\n\u2028\u2029]*)")
_YAML_SYNTAX = re.compile(r"[{}\[\]*&#!|>%@`]|: ")
_LEADING_TABS = re.compile(r"\t+")


class RepairedYaml(NamedTuple):
    """The repaired YAML in pieces: ``starts`` are their offsets in it, ``origins`` those in the original text."""

    text: str
    starts: list[int]
    origins: list[int]

    def origin(self, offset: int) -> int:
        """The offset in the original text for an offset in the repaired text."""
        piece = bisect_right(self.starts, offset) - 1
        limit = self.origins[piece + 1] if piece + 1 < len(self.origins) else self.origins[-1]
        return min(self.origins[piece] + offset - self.starts[piece], max(limit, self.origins[piece]))


def repair(text: str, is_list: Callable[[str], bool]) -> RepairedYaml:
    """Repair each line as the client does: put values in quotes if necessary, and turn leading tabs into spaces.

    ``is_list`` tells whether a value in brackets parses as a YAML list. Such a value gets no quotes.
    """
    pieces: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    repaired_length = original_length = 0

    def add(piece: str, origin: int) -> None:
        nonlocal repaired_length
        starts.append(repaired_length)
        origins.append(origin)
        pieces.append(piece)
        repaired_length += len(piece)

    for line in text.split("\n"):
        match = _LINE.fullmatch(line)
        if match and _needs_quotes(match[2], is_list):
            add(f"{match[1]}: ", original_length)
            add(_in_quotes(match[2]), original_length + match.start(2))
        else:
            tabs = _LEADING_TABS.match(line)
            width = tabs.end() if tabs else 0
            add("  " * width, original_length)
            add(line[width:], original_length + width)
        original_length += len(line)
        add("\n", original_length)
        original_length += 1
    starts.append(repaired_length)
    origins.append(len(text))
    return RepairedYaml("".join(pieces)[:-1], starts, origins)


def quoted_value(line: str) -> tuple[Span, str] | None:
    """The value of a line as the repair writes it, and its place; None when the repair leaves the line as it is."""
    match = _LINE.fullmatch(line)
    if match is None or not _needs_quotes(match[2], lambda _: False):
        return None
    return Span(*match.span(2)), _in_quotes(match[2])


def _in_quotes(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _needs_quotes(value: str, is_list: Callable[[str], bool]) -> bool:
    if any(value.startswith(mark) and value.endswith(mark) for mark in "\"'"):
        return False
    if value.startswith("[") and value.endswith("]") and is_list(value):
        return False
    return _YAML_SYNTAX.search(value) is not None

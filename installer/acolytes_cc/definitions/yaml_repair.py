"""The client's second attempt at YAML that does not parse.

``description: Use when: asked`` is not YAML, yet the client loads it: it quotes the values of such lines and tries
again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

# As the client's: `.` and `$` stop at a line end of any kind, so a line that ends with CR LF is never repaired.
_LINE = re.compile(r"([a-zA-Z_-]+):[^\S\n]+(\S[^\r\n\u2028\u2029]*)")
_NEEDS_QUOTES = re.compile(r"[{}\[\]*&#!|>%@`]|: ")
_LEADING_TABS = re.compile(r"\t+")


class Repaired(NamedTuple):
    """The repaired YAML, and the offsets at which pieces of it start: in it, and in the text before."""

    text: str
    starts: list[int]
    origins: list[int]

    def origin(self, offset: int) -> int:
        """The offset before the repair of an offset after it."""
        piece = bisect_right(self.starts, offset) - 1
        limit = self.origins[piece + 1] if piece + 1 < len(self.origins) else self.origins[-1]
        return min(self.origins[piece] + offset - self.starts[piece], max(limit, self.origins[piece]))


def repair(text: str, is_list: Callable[[str], bool]) -> Repaired:
    """Quote what needs quotes and turn leading tabs into spaces, line by line, as the client does.

    A value that ``is_list`` knows as a YAML list stays one.
    """
    pieces: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    made = read = 0

    def add(piece: str, origin: int) -> None:
        nonlocal made
        starts.append(made)
        origins.append(origin)
        pieces.append(piece)
        made += len(piece)

    for line in text.split("\n"):
        found = _LINE.fullmatch(line)
        if found and _is_to_quote(found[2], is_list):
            add(f"{found[1]}: ", read)
            escaped = found[2].replace("\\", "\\\\").replace('"', '\\"')
            add(f'"{escaped}"', read + found.start(2))
        else:
            tabs = _LEADING_TABS.match(line)
            width = tabs.end() if tabs else 0
            add("  " * width, read)
            add(line[width:], read + width)
        read += len(line)
        add("\n", read)
        read += 1
    starts.append(made)
    origins.append(len(text))
    return Repaired("".join(pieces)[:-1], starts, origins)


def _is_to_quote(value: str, is_list: Callable[[str], bool]) -> bool:
    if any(value.startswith(mark) and value.endswith(mark) for mark in "\"'"):
        return False
    if value.startswith("[") and value.endswith("]") and is_list(value):
        return False
    return _NEEDS_QUOTES.search(value) is not None

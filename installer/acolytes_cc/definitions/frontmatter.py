"""Finds the frontmatter block exactly where the client finds it.

The client's expression is ``/^---\\s*\\n([\\s\\S]*?)---\\s*\\n?/``: the closing ``---`` may stand anywhere, even inside
a value. It is followed by hand here, for ``\\s`` means other characters in JavaScript, and to stay linear on any input.
"""

from __future__ import annotations

from typing import NamedTuple

from acolytes_cc.definitions.source import Span

FENCE = "---"
BYTE_ORDER_MARK = "\ufeff"
# What `\s` matches in JavaScript
_SPACE = frozenset("\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff") | set(map(chr, range(0x2000, 0x200B)))


class Block(NamedTuple):
    """Where the frontmatter is: its YAML, its closing ``---``, and where the body starts."""

    yaml: Span
    closing: int
    body: int


def opens(text: str) -> int | None:
    """The offset at which the YAML starts, or None when the text does not open a frontmatter block."""
    start = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    if not text.startswith(FENCE, start):
        return None
    fence_end = start + len(FENCE)
    last_break = text.rfind("\n", fence_end, _skip_space(text, fence_end))
    return None if last_break < 0 else last_break + 1


def find(text: str) -> Block | None:
    """The frontmatter block, or None when the client sees none."""
    start = opens(text)
    closing = -1 if start is None else text.find(FENCE, start)
    if start is None or closing < 0:
        return None
    return Block(Span(start, closing), closing, _skip_space(text, closing + len(FENCE)))


def _skip_space(text: str, offset: int) -> int:
    while offset < len(text) and text[offset] in _SPACE:
        offset += 1
    return offset

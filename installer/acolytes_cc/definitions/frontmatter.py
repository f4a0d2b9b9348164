r"""Finds the frontmatter block in the same place as the client.

The client's expression is ``/^---\s*\n([\s\S]*?)---\s*\n?/``, so the closing ``---`` may be anywhere, even
inside a value. This module does not use that expression, for two reasons: ``\s`` matches other characters in
JavaScript, and the time must grow linearly with any input.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from acolytes_cc.definitions.source import Span

FENCE = "---"
TOP_KEY = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:", re.MULTILINE)
"""A key at the left margin."""
BYTE_ORDER_MARK = "\ufeff"
# What `\s` matches in JavaScript
_SPACE = frozenset("\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff") | set(map(chr, range(0x2000, 0x200B)))


class Block(NamedTuple):
    """The place of the frontmatter: the span of its YAML, and the offsets of the closing ``---`` and of the body."""

    yaml: Span
    closing: int
    body: int


def yaml_start(text: str) -> int | None:
    """The offset where the YAML starts; None when the text does not start with a frontmatter block."""
    start = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    if not text.startswith(FENCE, start):
        return None
    fence_end = start + len(FENCE)
    last_break = text.rfind("\n", fence_end, _skip_space(text, fence_end))
    return None if last_break < 0 else last_break + 1


def find_block(text: str) -> Block | None:
    """The frontmatter block; None when the client finds none."""
    start = yaml_start(text)
    closing = -1 if start is None else text.find(FENCE, start)
    if start is None or closing < 0:
        return None
    return Block(Span(start, closing), closing, _skip_space(text, closing + len(FENCE)))


def _skip_space(text: str, offset: int) -> int:
    while offset < len(text) and text[offset] in _SPACE:
        offset += 1
    return offset

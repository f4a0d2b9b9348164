"""Finds the code block that ends too early, because another one is inside it."""

from __future__ import annotations

import re
from typing import NamedTuple

from acolytes_cc.definitions.definition import Definition

_BLANK_LINE = re.compile(r"[ \t]*\r?\n")
_MOST_MARKS = 20  # nobody writes more by hand


class Nested(NamedTuple):
    """A code block that holds the beginning of another one.

    Attributes:
        opening: Where it begins.
        inner: Where the other one begins.
        is_shifted: Whether its first fence was meant to close a block. It has no language, and a blank line follows.
    """

    opening: int
    inner: int
    is_shifted: bool


def first_nested(definition: Definition) -> Nested | None:
    """Return the first code block that ends at a block inside it.

    After it, opening and closing fences are taken for each other, so nothing certain can be said of later blocks.
    """
    for fence in definition.structure.unusual_fences:  # no other holds marks
        if not fence.holds_marks or len(fence.marks) > _MOST_MARKS:
            continue
        inner = re.compile(rf"^[ \t]*{re.escape(fence.marks)}[A-Za-z][\w+-]*[ \t]*\r?$", re.MULTILINE)
        match = inner.search(definition.text, *fence.span)
        if match and fence.closed:
            is_shifted = not fence.language and bool(_BLANK_LINE.match(definition.text, fence.span.start))
            return Nested(fence.opening, match.start(), is_shifted)
    return None

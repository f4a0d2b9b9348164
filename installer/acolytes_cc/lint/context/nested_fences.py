"""Finds the code block that ends too early, because another one is inside it."""

from __future__ import annotations

import re
from typing import NamedTuple

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.markdown import Fence

_BLANK_LINE = re.compile(r"[ \t]*\r?\n")
_NOTHING_BELOW = re.compile(r"(?:\n[ \t]*(?:\r?\n|\Z))|\Z")
_BLANK_ABOVE = re.compile(r"(?:\A|\n)[ \t]*\r?\n\Z")
_MOST_MARKS = 20  # nobody writes more by hand


class Nested(NamedTuple):
    """A code block that holds the beginning of another one.

    Attributes:
        opening: Where it begins.
        inner: Where the other one begins.
        is_shifted: Whether its first fence was meant to close a block. It has no language, and a blank line follows.
        is_end: Whether the other one was meant to close this block.
    """

    opening: int
    inner: int
    is_shifted: bool
    is_end: bool


def first_nested(definition: Definition) -> Nested | None:
    """Return the first code block that ends at a block inside it.

    After it, opening and closing fences are taken for each other, so nothing certain can be said of later blocks.
    """
    for fence in definition.structure.unusual_fences:  # no other holds marks
        if not fence.holds_marks or len(fence.marks) > _MOST_MARKS:
            continue
        match = _inner(definition, fence)
        if match and fence.closed:
            is_shifted = not fence.language and bool(_BLANK_LINE.match(definition.text, fence.span.start))
            return Nested(fence.opening, match.start(), is_shifted, not is_shifted and _is_end(definition, match))
    return None


def meant_as_end(definition: Definition, fence: Fence) -> int | None:
    """Where a fence begins that was meant to close this one, and does not because a language follows it."""
    match = _inner(definition, fence) if fence.holds_marks and len(fence.marks) <= _MOST_MARKS else None
    return match.start() if match and _is_end(definition, match) else None


def _inner(definition: Definition, fence: Fence) -> re.Match[str] | None:
    """The first line in a code block that would begin another one."""
    inner = re.compile(rf"^[ \t]*{re.escape(fence.marks)}[A-Za-z][\w+-]*[ \t]*\r?$", re.MULTILINE)
    return inner.search(definition.text, *fence.span)


def _is_end(definition: Definition, match: re.Match[str]) -> bool:
    """Whether code stands above these marks, and nothing below them: nobody begins a block with an empty line."""
    above = definition.text[max(0, match.start() - 200) : match.start()]
    return not _BLANK_ABOVE.search(above) and _NOTHING_BELOW.match(definition.text, match.end()) is not None

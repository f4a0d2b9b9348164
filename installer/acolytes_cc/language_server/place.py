"""Where in the structure of a document the cursor is, also while the text cannot be parsed."""

from __future__ import annotations

from typing import Literal, NamedTuple

from acolytes_cc.definitions.source import Span

Step = str | int
"""A key of a map, or a place in a list."""
Path = tuple[Step, ...]


class Place(NamedTuple):
    """What the user is writing.

    Attributes:
        path: The keys and places from the root to the map or list around it, and for a value to the value itself.
        is_key: Whether it is a key of a map.
        span: What a completion replaces: the word at the cursor, with the quotes around it.
        siblings: The other keys of the map, or nothing for a value.
        style: How strings are written.
        has_colon: Whether a colon follows the key already.
        quote: The quote that opens the word; empty without one.
    """

    path: Path
    is_key: bool
    span: Span
    siblings: frozenset[str]
    style: Literal["yaml", "json"]
    has_colon: bool = False
    quote: str = ""

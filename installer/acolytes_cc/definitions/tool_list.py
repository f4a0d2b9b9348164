"""Splits ``tools`` and ``disallowedTools`` into entries as the client does, and keeps the place of each entry."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from acolytes_cc.definitions.source import Span, new_tuple
from acolytes_cc.definitions.values import Value

# What JavaScript calls white space: not the control characters that Python also strips
WHITE = (
    " \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
# The most characters between two entries: there are only separators and escapes.
_MOST_BETWEEN = 10_000
# Agents of a collection share their lists: of 581 lists in two public collections, 161 are different. A longer text is
# read each time.
_LONGEST_SHARED = 2_000


class ToolEntry(NamedTuple):
    """One entry of a list of tools. ``Bash(git *)`` has the name ``Bash`` and the specifier ``git *``."""

    text: str
    span: Span
    name: str

    @property
    def specifier(self) -> str | None:
        """The text in brackets; None without brackets."""
        _, bracket, rest = self.text.partition("(")
        return rest.removesuffix(")") if bracket else None


def split_tools(text: str) -> Iterator[str]:
    """Split a string at commas and spaces outside brackets. Line breaks do not separate entries.

    >>> list(split_tools("Read, Bash(git *) Grep"))
    ['Read', 'Bash(git *)', 'Grep']
    """
    if "(" not in text:
        yield from filter(None, (entry.strip(WHITE) for entry in text.replace(",", " ").split(" ")))
        return
    entry, in_brackets = "", False
    for char in text:
        if char in "()":
            in_brackets = char == "("
        if char in ", " and not in_brackets:
            if entry.strip(WHITE):
                yield entry.strip(WHITE)
            entry = ""
        elif entry or char not in WHITE:
            entry += char
    if entry.strip(WHITE):
        yield entry.strip(WHITE)


def tool_entries(value: Value, text: str) -> tuple[ToolEntry, ...]:
    """The entries in the value of a field: in a string, or in each string of a list. Spans are places in ``text``."""
    if value.kind == "list":
        return tuple([entry for item in value.items for entry in tool_entries(item, text)])
    if not isinstance(value.data, str):
        return ()
    first, end = value.span
    entries = _entries if end - first < _LONGEST_SHARED else _entries.__wrapped__
    return tuple(
        [
            new_tuple(ToolEntry, (entry, new_tuple(Span, (first + start, first + stop)), name))
            for entry, start, stop, name in entries(value.data, text[first:end])
        ]
    )


@lru_cache(maxsize=512)
def _entries(data: str, written: str) -> list[tuple[str, int, int, str]]:
    """The text and the name of each entry in ``data``, and where it is in ``written``, which means ``data``."""
    entries = []
    cursor = 0
    for entry in split_tools(data):
        offset = written.find(entry, cursor, cursor + len(entry) + _MOST_BETWEEN)
        # An entry with an escape or a folded line looks different in the text: its place is the end of the last entry.
        start = cursor if offset < 0 else offset
        cursor = cursor if offset < 0 else offset + len(entry)
        entries.append((entry, start, cursor, entry.partition("(")[0].strip() if "(" in entry else entry))
    return entries

"""Splits the lists of tools (``tools``, ``disallowedTools``) as the client does, keeping each entry's place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from acolytes_cc.definitions.fields import Value
from acolytes_cc.definitions.source import Span

# How far beyond the last entry the next is looked for: separators and escapes take no more.
_REACH = 10_000


class ToolEntry(NamedTuple):
    """One entry of a list of tools: ``Bash(git *)`` has the name ``Bash`` and the specifier ``git *``."""

    text: str
    span: Span
    name: str

    @property
    def specifier(self) -> str | None:
        _, bracket, rest = self.text.partition("(")
        return rest.removesuffix(")") if bracket else None


def split_tools(text: str) -> Iterator[str]:
    """The entries of one string: commas and spaces separate outside of brackets, line ends do not."""
    if "(" not in text:
        yield from filter(None, map(str.strip, text.replace(",", " ").split(" ")))
        return
    entry, in_brackets = "", False
    for char in text:
        if char in "()":
            in_brackets = char == "("
        if char in ", " and not in_brackets:
            if entry.strip():
                yield entry.strip()
            entry = ""
        elif entry or char.strip():
            entry += char
    if entry.strip():
        yield entry.strip()


def tool_entries(value: Value, text: str) -> tuple[ToolEntry, ...]:
    """The entries of a field's value in ``text``: of a string, or of each string in a list."""
    if value.kind == "list":
        return tuple(entry for item in value.items for entry in tool_entries(item, text))
    return tuple(_placed(value, text)) if isinstance(value.data, str) else ()


def _placed(value: Value, text: str) -> Iterator[ToolEntry]:
    cursor = value.span.start
    for entry in split_tools(str(value.data)):
        found = text.find(entry, cursor, min(value.span.end, cursor + len(entry) + _REACH))
        # An entry with an escape or a folded line in it is not in the text as it reads: it gets the place before it.
        start = cursor if found < 0 else found
        cursor = cursor if found < 0 else found + len(entry)
        yield ToolEntry(entry, Span(start, max(start, cursor)), entry.partition("(")[0].strip())

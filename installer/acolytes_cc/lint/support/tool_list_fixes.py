"""Fixes for entries in a list of tools."""

from __future__ import annotations

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.tool_list import ToolEntry
from acolytes_cc.lint.rule import Edit, Fix


def rename_entry(definition: Definition, entry: ToolEntry, name: str, *, safe: bool) -> Fix | None:
    """Return the fix that renames an entry; None if the text spells the entry otherwise, with escapes."""
    span = Span(entry.span.start, entry.span.start + len(entry.name))
    return Fix((Edit(span, name),), safe) if definition.text[slice(*span)] == entry.name else None


def remove_entry(definition: Definition, key: str, entry: ToolEntry) -> Fix | None:
    """Return the fix that removes an entry and its comma; None for the only entry, or a list over several lines."""
    field = definition.field(key)
    entries = definition.tool_entries(key)
    if field is None or len(entries) < 2 or field.value.kind != "string" or entry not in entries:
        return None
    if "\n" in definition.text[slice(*field.value.span)] or definition.text[slice(*entry.span)] != entry.text:
        return None
    at = entries.index(entry)
    span = (
        Span(entry.span.start, entries[at + 1].span.start)
        if at + 1 < len(entries)
        else Span(entries[at - 1].span.end, entry.span.end)
    )
    return Fix((Edit(span, ""),), safe=False)

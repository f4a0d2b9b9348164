"""Fixes for entries in a list of tools."""

from __future__ import annotations

from collections.abc import Collection

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.tool_list import ToolEntry
from acolytes_cc.lint.rule import Edit, Fix


def rename_entry(definition: Definition, entry: ToolEntry, name: str, *, safe: bool) -> Fix | None:
    """Return the fix that renames an entry; None if the text spells the entry otherwise, with escapes."""
    span = Span(entry.span.start, entry.span.start + len(entry.name))
    return Fix((Edit(span, name),), safe) if definition.text[slice(*span)] == entry.name else None


def remove_entries(definition: Definition, key: str, removed: Collection[ToolEntry]) -> Fix | None:
    """Return the fix that removes entries and their commas; None for all entries, or a list over several lines."""
    field = definition.field(key)
    entries = definition.tool_entries(key)
    if field is None or field.value.kind != "string" or "\n" in definition.text[slice(*field.value.span)]:
        return None
    gone = {entry.span.start for entry in removed}
    if any(entry.span.start == entry.span.end for entry in entries) or len(gone) == len(entries):
        return None  # one looks different in the text, or none would stay
    edits: list[Edit] = []
    end = 0  # of the last entry that stays
    for entry, following in zip(entries, [*entries[1:], None], strict=True):
        if entry.span.start not in gone:
            end = entry.span.end
        elif following is None:  # with the comma before it, and entries before it that go, too
            edits = [edit for edit in edits if edit.span.start < end]
            edits.append(Edit(Span(end, entry.span.end), ""))
        else:
            edits.append(Edit(Span(entry.span.start, following.span.start), ""))
    return Fix(tuple(edits), safe=False)

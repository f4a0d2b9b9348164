"""Puts the entries of a list of tools that have the same problem into one finding."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from acolytes_cc.definitions.tool_list import ToolEntry
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Context, Fix

_MOST_NAMED = 20
_Key = TypeVar("_Key", bound=Hashable)


def by_cause(
    entries: Sequence[tuple[_Key, ToolEntry]], context: Context, code: str, name: str
) -> Iterable[tuple[_Key, list[ToolEntry]]]:
    """Return each cause with its entries, in their order.

    An entry whose own line has a suppression of the rule stays alone: else the suppression would hide the others.

    Args:
        entries: The entries of one list that have a problem, each with its cause.
        context: The file.
        code: The code of the rule.
        name: The name of the rule.
    """
    if not entries:
        return ()
    alone: list[tuple[_Key, list[ToolEntry]]] = []
    together: dict[_Key, list[ToolEntry]] = {}
    are_suppressed = bool(context.suppressions)
    for cause, entry in entries:
        if are_suppressed and context.is_suppressed(entry.span.start, code, name):
            alone.append((cause, [entry]))
        else:
            together.setdefault(cause, []).append(entry)
    return [*alone, *together.items()]


def listed(texts: Iterable[str]) -> str:
    """Return names in backticks, with commas and `and`; only the first ones of a long list.

    >>> listed(["Glob", "Grep"])
    '`Glob` and `Grep`'
    """
    names = [quoted(text) for text in texts]
    if len(names) > _MOST_NAMED:
        return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def merged(fixes: Iterable[Fix | None]) -> Fix | None:
    """Return one fix that does what all of them do; None when one is missing."""
    parts = list(fixes)
    present = [fix for fix in parts if fix is not None]
    if not present or len(present) < len(parts):
        return None
    return Fix(tuple(edit for fix in present for edit in fix.edits), all(fix.safe for fix in present))

"""Three-way merge of plain values: maps member by member, lists item by item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MISSING = object()
"""stands for a member that a map does not have"""


class DifferError(Exception):
    """Both sides changed the same part of a value, in different ways."""


def merge_plain(old: Any, mine: Any, new: Any) -> Any:
    """The value with both changes in it.

    Raises:
        DifferError: Both sides changed the same part in different ways.
    """
    if same(new, old) or same(new, mine):
        return mine
    if same(mine, old):
        return new
    values = (old, mine, new)
    if all(isinstance(value, dict) for value in values):
        return _merge_maps(old, mine, new)
    if all(isinstance(value, list) for value in values):
        if any(isinstance(item, dict | list) for value in values for item in value):
            return _merge_in_order(old, mine, new)
        return merge_items(old, mine, new)
    raise DifferError


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same: ``true`` is not 1, and the order of members counts."""
    return one is other or (one is not MISSING and other is not MISSING and repr(one) == repr(other))


def merge_items(old: Sequence[Any], mine: Sequence[Any], new: Sequence[Any]) -> list[Any]:
    """The user's items without those that we removed, and with those that we added, each after its neighbour.

    Raises:
        DifferError: An item is there twice, so that nobody can tell which one was meant.
    """
    if any(len({repr(item) for item in items}) < len(items) for items in (old, mine, new)):
        raise DifferError
    before, users, ours = ({repr(item) for item in items} for items in (old, mine, new))
    result = [item for item in mine if repr(item) in ours or repr(item) not in before]
    for number, item in enumerate(new):
        if repr(item) not in before and repr(item) not in users:
            names = [repr(other) for other in result]
            earlier = [repr(other) for other in new[:number] if repr(other) in names]
            result.insert(names.index(earlier[-1]) + 1 if earlier else 0 if number == 0 else len(names), item)
    return result


def _merge_maps(old: dict[str, Any], mine: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    merged = {
        key: merge_plain(old.get(key, MISSING), mine.get(key, MISSING), new.get(key, MISSING))
        for key in {**mine, **new, **old}
    }
    return {key: value for key, value in merged.items() if value is not MISSING}


def _merge_in_order(old: list[Any], mine: list[Any], new: list[Any]) -> list[Any]:
    """Items that are lists or maps have no name: only their places show which is which."""
    if not len(old) == len(mine) == len(new):
        raise DifferError
    return [merge_plain(*items) for items in zip(old, mine, new, strict=True)]

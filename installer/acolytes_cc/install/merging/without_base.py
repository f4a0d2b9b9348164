"""What stands for the last version of a file when its text is lost: every difference between the others is a conflict.

So the user's text stays in each of these parts, the rest is the same anyway, and ``acolytes resolve`` settles them.
"""

from __future__ import annotations

from acolytes_cc.definitions.source import Source
from acolytes_cc.install.merging.line_changes import changes
from acolytes_cc.install.merging.lines import split_lines, unix
from acolytes_cc.install.merging.parts import DefinitionParts, FrontmatterText, Unmergeable, read_parts

_LOST = "acolytes has lost this text"


def assumed_base(users: bytes, ours: bytes) -> bytes:
    """A text that differs from both sides wherever they differ from each other.

    A key that only one side has is no conflict: the user added or removed it, and that stays.
    """
    mine, new = (unix(Source(content).text) for content in (users, ours))
    parts, our_parts = read_parts(mine), read_parts(new)
    if isinstance(parts, Unmergeable) or isinstance(our_parts, Unmergeable):
        return _lines(mine, new).encode("utf-8", "replace")
    yaml = _yaml(parts, our_parts)
    body = _lines(parts.body, our_parts.body)
    return DefinitionParts(our_parts.head, yaml, our_parts.fence, body).text.encode("utf-8", "replace")


def _lines(mine: str, new: str) -> str:
    lines, theirs = split_lines(mine), split_lines(new)
    for change in reversed(changes(lines, theirs)):
        lines[slice(*change.old)] = [f"{_LOST}\n"]
    return "".join(lines)


def _yaml(parts: DefinitionParts, our_parts: DefinitionParts) -> str:
    mine, new = parts.keys, our_parts.keys
    if isinstance(mine, Unmergeable) or isinstance(new, Unmergeable):
        return parts.yaml if parts.yaml == our_parts.yaml else f"name: {_LOST}\n"
    return "".join(entry.gap + _block(mine, new, entry.key) for entry in new.entries) + new.tail


def _block(mine: FrontmatterText, new: FrontmatterText, key: str) -> str:
    users, ours = mine.entry(key), new.entry(key)
    is_same = users is None or ours is None or users.meaning == ours.meaning
    # neither a text nor a list: those of both sides would be merged item by item
    return (ours.block if ours else "") if is_same else f"{key}: {{lost: {_LOST}}}\n"

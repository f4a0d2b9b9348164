"""Three-way merge of our hook entries in the client's settings file, member by member, in the text of the user's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from acolytes_cc.definitions import json_splice
from acolytes_cc.hook_registration import registered_hooks
from acolytes_cc.install.disk.manifest import SettingsEntry
from acolytes_cc.install.merging.plain import MISSING, same
from acolytes_cc.install.settings import editing

_Path = tuple[str | int, ...]


def with_changed_entries(path: Path, text: str, old: Sequence[SettingsEntry], new: Sequence[SettingsEntry]) -> str:
    """The text with our changes in those of the ``old`` entries that the user changed, too.

    Where both changed the same member, it is as the user has it. An entry that the user removed stays away.
    """
    if editing.is_blank(text):
        return text
    now = {entry.event: entry.entry for entry in new}
    mark, text = editing.split_mark(path, text)
    for event, was in editing.missing_entries(path, text, old):
        listed = json.loads(text).get("hooks", {}).get(event, [])
        number = _users_version(event, was, listed)
        if event in now and number is not None:
            place = ("hooks", event, number)
            for inside, value in _changes(was, listed[number], now[event]):
                text = _with_value(text, (*place, *inside), value)
    return mark + text


def _users_version(event: str, was: dict[str, Any], listed: Sequence[Any]) -> int | None:
    """The number of the entry that starts the same script of ours."""
    scripts = _scripts(event, was)
    return next((number for number, entry in enumerate(listed) if _scripts(event, entry) & scripts), None)


def _scripts(event: str, entry: Any) -> set[str]:
    return {Path(hook.script).name for hook in registered_hooks({"hooks": {event: [entry]}})}


def _changes(old: Any, mine: Any, new: Any, inside: _Path = ()) -> Iterator[tuple[_Path, Any]]:
    """What to write into ``mine``, and where: a value, or ``MISSING`` to remove a member."""
    if same(new, old) or same(new, mine):
        return
    if same(mine, old):
        yield inside, new
    elif all(isinstance(value, dict) for value in (old, mine, new)):
        for key in {**old, **new}:
            was, users, ours = (value.get(key, MISSING) for value in (old, mine, new))
            yield from _changes(was, users, ours, (*inside, key))
    elif all(isinstance(value, list) for value in (old, mine, new)) and len(old) == len(mine) == len(new):
        for number, (was, users, ours) in enumerate(zip(old, mine, new, strict=True)):
            yield from _changes(was, users, ours, (*inside, number))


def _with_value(text: str, place: _Path, value: Any) -> str:
    node = json_splice.parse(text)
    for step in place[:-1]:
        node = (node.elements or [])[step] if isinstance(step, int) else node.members[step][1]
    last = place[-1]
    if isinstance(last, str) and last not in node.members:
        return json_splice.append_member(text, node, last, value)
    if isinstance(last, str) and value is MISSING:
        return json_splice.remove_member(text, node, last)
    node = (node.elements or [])[last] if isinstance(last, int) else node.members[last][1]
    return text[: node.start] + json.dumps(value, ensure_ascii=False) + text[node.end :]

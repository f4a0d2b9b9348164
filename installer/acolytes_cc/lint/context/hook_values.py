"""Where hooks stand in a file, whatever its kind, and what a mistake in them costs there."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.places import is_managed
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.definitions.values import Field, Value

HOOK_KINDS: tuple[Kind, ...] = ("agent", "skill", "settings", "hooks", "plugin")

LOST: dict[Kind, str] = {
    "agent": "client 2.1.332 does not load the agent, and earlier ones turn off all its hooks",
    "skill": "the skill's hooks are off",
    "settings": "the client ignores the whole file, including `permissions.deny`",
    "hooks": "the plugin's hooks are off",
    "plugin": "the plugin does not load",
}
"""What the client does when a hook that can deny a tool has the wrong structure, or any hook of an agent or skill."""

_WHOLE_FILE = "clients before 2.1.330 may ignore the whole file"
BEFORE: dict[Kind, str] = {
    "agent": "clients before 2.1.332 turn off all hooks of this agent",
    **dict.fromkeys(("settings", "hooks", "plugin"), _WHOLE_FILE),
}
"""What earlier clients do with a mistake in a hook that cannot deny a tool."""

ALL_HOOKS = "the client ignores all hooks of this file"
GUARDS = ("PreToolUse", "PermissionRequest", "PreSkillShellCommand")
"""The events whose hooks can deny a tool: when one of them cannot be loaded, the client trusts nothing beside it."""


def lost_with(subject: Subject, event: Field | None) -> str:
    """What the client does when the entries of ``event``, or the hooks as a whole, have the wrong structure."""
    if subject.kind == "agent" and event is not None and event.key not in GUARDS:
        return f"this hook never runs, and {BEFORE[subject.kind]}"
    if subject.kind not in ("settings", "hooks", "plugin"):
        return LOST[subject.kind]
    is_guard = event is not None and event.key in GUARDS and event.value.kind != "null"
    if is_managed(subject.path):
        return ALL_HOOKS if event is None or is_guard else "this hook never runs"
    if event is None:
        hooks = subject.field("hooks")
        holds_entries = hooks is not None and any(item.kind == "map" for item in hooks.value.items)
        if subject.kind == "settings" and not holds_entries:
            return ALL_HOOKS
        return LOST[subject.kind]
    if is_guard:
        return LOST["settings" if subject.kind == "settings" else "plugin"]
    return f"this hook never runs, and {BEFORE[subject.kind]}"


def ignored_entries(subject: Subject) -> Iterator[tuple[Field, Value]]:
    """Each event with each of its entries that is null: nothing is lost with those, except beside a guard."""
    field = hooks_of(subject)
    for event in field.value.fields if field and subject.kind != "skill" else ():
        if event.key not in GUARDS:
            yield from ((event, entry) for entry in event.value.items if entry.kind == "null")


def hooks_of(subject: Subject) -> Field | None:
    """The field that holds the hooks; None when there is none, or only the path of a file."""
    field = subject.field("hooks")
    if field is None or field.value.kind == "null" or (subject.kind == "plugin" and field.value.kind != "map"):
        return None
    return field


def entries(subject: Subject) -> Iterator[tuple[Field, Value]]:
    """Each event with each of its entries, as far as they have the right shape."""
    field = hooks_of(subject)
    for event in field.value.fields if field else ():
        yield from ((event, entry) for entry in event.value.items if entry.kind == "map")


def conditions(subject: Subject, tool_events: Collection[str]) -> Iterator[tuple[Value, Value, str]]:
    """Each condition (`if`) that has a text: the entry, its value, and the text. Only events of tools have them."""
    for event, entry in entries(subject):
        for handler in handlers(entry) if event.key in tool_events else ():
            condition = handler.member("if")
            text = condition.value.data if condition else None
            if condition and isinstance(text, str) and text:
                yield entry, condition.value, text


def handlers(entry: Value) -> Iterator[Value]:
    """The handlers of an entry, as far as they have the right shape."""
    inner = entry.member("hooks")
    yield from (handler for handler in (inner.value.items if inner else ()) if handler.kind == "map")

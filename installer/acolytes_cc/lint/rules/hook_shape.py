"""Hooks have the wrong structure.

## What it does
Reports a list in place of an object, or an object in place of a list. Also reports an entry without its inner `hooks`,
and a handler without a `type` or with an unknown one. A handler also needs the keys of its type: `command`, `url`,
`prompt`, or `server` and `tool`.

## Why
A PreToolUse or PermissionRequest hook may be what guards the permissions beside it. So if one of them is wrong in
settings.json, client 2.1.332 ignores the **whole file**, including `permissions.deny`, and it does not load a plugin.
For other events, it ignores only what is wrong. Client 2.1.197 ignored the whole file there, too, for most mistakes. In
managed settings, all hooks of the file are off, and the rest counts. In an agent's frontmatter, all hooks of the agent
are off. For some mistakes, such as `hooks: []`, client 2.1.330 does not load the agent.

## Bad
```json
{"hooks": {"PreToolUse": [{"type": "command", "command": "true"}]}}
```

## Good
```json
{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "true"}]}]}}
```

## How to fix
Each event has a list of entries. Each entry has a `matcher` and a list `hooks`. Each item of that list has a `type`
and the keys of that type.

## Source
Tested with a rule in `deny` beside the hook. Clients 2.1.330 and 2.1.332 ignored that rule for mistakes in PreToolUse,
but not for those in Stop, PostToolUse and UserPromptSubmit. Client 2.1.197 ignored it for wrong entries in PreToolUse
and Stop, but not for an object or a string in place of an event's list.
Managed settings were tried with client 2.1.332 by `bench/client_truth --kind managed`.
https://github.com/anthropics/claude-code/issues/91781
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.subject import Subject
from acolytes_cc.definitions.values import Field, Value
from acolytes_cc.lint.context.hook_values import HOOK_KINDS, hooks_of, ignored_entries, lost_with
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.schema_errors import schema_errors

CODE = "ACO502"
NAME = "hook-shape"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = HOOK_KINDS


def check(subject: Subject, context: Context) -> Iterator[Problem]:
    field = hooks_of(subject)
    if field is None or _are_clearly_valid(field.value):
        return
    ignored = {entry.span.start for _, entry in ignored_entries(subject)}  # these are reported by hook-option
    for offset, keys, words in schema_errors(field.value, "hooks.schema.json", "hooks"):
        if offset in ignored:
            continue
        event = field.value.member(keys[0]) if len(keys) == 1 else None
        if subject.kind == "agent" and event is not None and event.value.kind == "null":
            continue  # without entries, nothing is lost
        key = f"`{keys[-1]}`" if keys else "`hooks`"
        event = field.value.member(keys[0]) if keys else None
        if event is not None and event.value.kind == "null":  # the client ignores it, and there is nothing to lose
            continue
        effect = lost_with(subject, event)
        is_unknown = event is not None and event.key not in context.registry.hooks.events
        if is_unknown and effect.startswith("this hook never runs"):  # nor would it with the right shape
            continue
        if words.startswith("must") and _is_in_list(field.value, offset, keys):
            key = f"An entry of {key}"
        error = f"{key} {words}" if words.startswith("must") else f"In {key}, {words}"
        yield Problem(offset, f"{error}.{_how_to_fix(event, offset, words)} Until this is fixed, {effect}.")


def _how_to_fix(event: Field | None, offset: int, words: str) -> str:
    """What to do with an entry that is itself a hook, and has none in it."""
    entries = event.value.items if event is not None and words == "`hooks` is missing" else ()
    is_hook = any(entry.span.start == offset and entry.member("command") for entry in entries)
    return " Put the command with its `type` into a list `hooks`." if is_hook else ""


def _is_in_list(hooks: Value, offset: int, keys: tuple[str, ...]) -> bool:
    """Whether the value at an offset is an entry of the list that these keys lead to."""
    values = [hooks]
    for key in keys:
        values = [member.value for value in values for part in (value, *value.items) if (member := part.member(key))]
    return any(item.span.start == offset for value in values for item in value.items)


def _are_clearly_valid(hooks: Value) -> bool:
    """Whether a quick check accepts the hooks: common ones, plain commands, then need no import of jsonschema."""
    if hooks.kind != "map":
        return False
    for event in hooks.fields:
        for entry in event.value.items:
            inner = entry.member("hooks")
            if not inner or {field.key for field in entry.fields} - {"matcher", "hooks"}:
                return False
            if not all(map(_is_plain_command, inner.value.items)) or inner.value.kind != "list":
                return False
            matcher = entry.member("matcher")
            if matcher and matcher.value.kind != "string":
                return False
        if event.value.kind != "list":
            return False
    return True


def _is_plain_command(handler: Value) -> bool:
    values = {field.key: field.value for field in handler.fields}
    kind, command = values.get("type"), values.get("command")
    if kind is None or kind.kind != "string" or kind.data != "command":
        return False
    if command is None or command.kind != "string" or not command.data:
        return False
    return all(_is_plain_option(key, value) for key, value in values.items() if key not in ("type", "command"))


def _is_plain_option(key: str, value: Value) -> bool:
    if key == "args":
        return value.kind == "list" and all(item.kind == "string" for item in value.items)
    return key == "timeout" and value.kind == "number" and isinstance(value.data, int) and value.data > 0

"""A hook is not inside `hooks`.

## What it does
Reports the name of a hook event outside the object `hooks` of settings.json, of a plugin's hooks.json or of an agent,
and one level too deep in it.

## Why
Such a hook never runs. If it is a PreToolUse or PermissionRequest hook, in any spelling, client 2.1.332 also ignores
the **whole file**, including `permissions.deny`. A plugin with such a hooks.json does not load.
Managed settings keep their effect.

## Bad
```json
{"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "./check.sh"}]}]}
```

## Good
```json
{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "./check.sh"}]}]}}
```

## How to fix
Put all events directly into one object `hooks`.

## Source
Tested with client 2.1.332: a hook at the top level, under another key, and under `hooks.hooks`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.places import is_managed
from acolytes_cc.definitions.values import Field, Value
from acolytes_cc.lint.context.hook_values import GUARDS, LOST
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.suggest import plain_name

CODE = "ACO505"
NAME = "hook-misplaced"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("settings", "hooks", "agent")

_GUARDS = {plain_name(name) for name in GUARDS}
# The client does not look into these.
_OF_OTHERS = ("env", "mcpServers", "pluginConfigs")


def check(document: JsonDocument | Definition, context: Context) -> Iterator[Problem]:
    if isinstance(document, Definition):
        yield from _in_agent(document, context)
        return
    if not isinstance(document.root, Value):
        return
    events = context.registry.hooks.events
    lost = LOST["settings" if document.kind == "settings" else "plugin"]
    if is_managed(document.path):
        lost = "it never runs"
    for field in document.root.fields:
        if field.key == "hooks":
            for event in field.value.fields:
                # a wrong name directly below `hooks` only makes the client ignore that entry
                yield from (_problem(inner, lost) for inner in _guards(event.value))
        elif _is_guard(field):
            yield _problem(field, lost)
        elif field.key in events and field.value.items:
            yield _problem(field, "it never runs")
        elif field.key not in _OF_OTHERS and document.kind == "settings":
            yield from (_problem(inner, lost) for inner in _guards(field.value))


def _in_agent(definition: Definition, context: Context) -> Iterator[Problem]:
    for field in definition.yaml.fields:
        if _is_guard(field):
            yield _problem(field, "client 2.1.332 does not load the agent")
        elif field.key in context.registry.hooks.events and field.value.items:
            yield _problem(field, "it never runs")


def _guards(value: Value) -> Iterator[Field]:
    for part in value.items:
        yield from _guards(part)
    for field in value.fields:
        if _is_guard(field):
            yield field
        else:
            yield from _guards(field.value)


def _is_guard(field: Field) -> bool:
    value = field.value
    holds: Collection[object] | bool = value.items or value.fields or value.data not in (None, "", False)
    return plain_name(field.key) in _GUARDS and bool(holds)


def _problem(field: Field, effect: str) -> Problem:
    return Problem(
        field.span.start, f"The hook `{field.key}` is not directly inside `hooks`, so {effect}. Move it there."
    )

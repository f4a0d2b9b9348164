"""Hooks do not have the shape that the client reads.

## What it does
Reports a list where an object belongs and the reverse, an entry without its inner `hooks`, a handler without `type` or
of an unknown type, and one without the key that its type needs (`command`, `url`, `prompt`, `server` and `tool`).

## Why
In settings.json clients 2.1.197 and 2.1.330 then ignore the **whole file**, `permissions.deny` included; only 2.1.330
leaves a line in the debug file. In an agent's frontmatter all its hooks are off, and 2.1.330 drops the agent for some
mistakes, `hooks: []` among them.

## Bad
```json
{"hooks": {"PreToolUse": [{"type": "command", "command": "true"}]}}
```

## Good
```json
{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "true"}]}]}}
```

## How to fix
Each event holds a list of entries; each entry a `matcher` and a list `hooks`; each of these a `type` and its key.

## Source
Both clients run on each; https://github.com/anthropics/claude-code/issues/91781
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.fields import Value
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.hook_values import HOOK_KINDS, LOST, hooks_of
from acolytes_cc.lint.support.shape import misfits

CODE = "ACO502"
NAME = "hook-shape"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = HOOK_KINDS


def check(subject: Subject, _context: Context) -> Iterator[Problem]:
    field = hooks_of(subject)
    if field is None or _is_plainly_right(field.value):
        return
    from acolytes_cc.definitions.model_hooks import Hooks

    for offset, path, words in misfits(field.value, Hooks):
        what = f"`{path[-1]}`" if path else "`hooks`"
        # Of an event that is no list the client drops the hooks, not the file.
        is_event = any(offset in (event.span.start, event.value.span.start) for event in field.value.fields)
        effect = "the client drops the hooks" if is_event and subject.kind == "settings" else LOST[subject.kind]
        said = f"{what} {words}" if words.startswith("must") else f"in {what} {words}"
        yield Problem(offset, f"{said}, so {effect}")


def _is_plainly_right(hooks: Value) -> bool:
    """Spares the usual hooks, commands with nothing special, the import of pydantic."""
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
    kinds = {field.key: field.value.kind for field in handler.fields}
    command, kind = handler.member("command"), handler.member("type")
    return bool(
        kinds.items() <= {("type", "string"), ("command", "string")}
        and command
        and command.value.data
        and kind
        and kind.value.data == "command"
    )

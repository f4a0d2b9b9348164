"""A hook waits for an event that does not exist.

## What it does
Reports keys of `hooks` that are no event of the client.

## Why
In an agent's frontmatter one such key switches all its hooks off in client 2.1.197, and 2.1.330 may drop the agent. In
settings.json and hooks.json both clients load the file and never run that hook.

## Bad
```yaml
hooks:
  preToolUse: []
```

## Good
```yaml
hooks:
  PreToolUse: []
```

## How to fix
Use the name that the message gives. `schemas/client-registry.json` lists all.

## Source
Both clients run with an unknown event and with one in another case.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.hook_values import HOOK_KINDS, LOST, hooks_of
from acolytes_cc.lint.support.suggest import closest_name, plain_name

CODE = "ACO501"
NAME = "hook-event-unknown"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = HOOK_KINDS


def check(subject: Subject, context: Context) -> Iterator[Problem]:
    known = context.registry.hooks.events
    field = hooks_of(subject)
    for event in field.value.fields if field else ():
        if event.key in known:
            continue
        name = closest_name(event.key, known)
        effect = LOST[subject.kind] if subject.kind in ("agent", "skill") else "it never runs"
        hint = f"did you mean `{name}`?" if name else "see the list of events"
        fix = Fix((Edit(event.span, _quoted(name, subject)),), _is_certain(event.key, name)) if name else None
        yield Problem(event.span.start, f"{shown(event.key)} is no event, so {effect}; {hint}", fix)


def _quoted(name: str, subject: Subject) -> str:
    return f'"{name}"' if isinstance(subject, JsonDocument) else name


def _is_certain(key: str, name: str) -> bool:
    return plain_name(key) == plain_name(name)

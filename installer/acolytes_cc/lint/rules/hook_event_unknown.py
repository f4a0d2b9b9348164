"""A hook has an unknown event.

## What it does
Reports keys of `hooks` that are not events of the client.

## Why
In an agent's frontmatter, one such key turns all hooks of the agent off in client 2.1.197. Client 2.1.330 may not load
the agent. From settings.json and hooks.json both clients load the file, but they never run that hook.

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
Use the name in the message. `schemas/client-registry.json` lists all events.

## Source
Tested with both clients on an unknown event and on an event in another case.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.definitions.values import Field
from acolytes_cc.lint.context.hook_values import HOOK_KINDS, LOST, hooks_of
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.suggest import closest_name, plain_name

CODE = "ACO501"
NAME = "hook-event-unknown"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = HOOK_KINDS


_EFFECTS = {
    "agent": "its hooks never run, and clients before 2.1.332 turn off all hooks of this agent",
    "skill": LOST["skill"],
}


def check(subject: Subject, context: Context) -> Iterator[Problem]:
    events = context.registry.hooks.events
    field = hooks_of(subject)
    for event in field.value.fields if field else ():
        if event.key in events:
            continue
        name = closest_name(event.key, events)
        effect = _EFFECTS.get(subject.kind, "its hooks never run")
        hint = f"Did you mean `{name}`?" if name else "Use an event such as `PreToolUse`."
        fix = _rename(event, name, subject) if name else None
        yield Problem(event.span.start, f"Unknown hook event {quoted(event.key)}, so {effect}. {hint}", fix)


def _rename(event: Field, name: str, subject: Subject) -> Fix:
    """Correct the name of the event; safe when only the case or signs such as `-` are wrong."""
    text = f'"{name}"' if isinstance(subject, JsonDocument) else name
    return Fix((Edit(event.span, text),), safe=plain_name(event.key) == plain_name(name))

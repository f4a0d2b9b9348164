"""The client does not know a field.

## What it does
Reports a key that the client does not know and that is like none it knows; in one finding when a file has several.
`field-misspelt` reports those that are like one.

## Why
Clients 2.1.197 and 2.1.330 ignore it, and 2.1.330 writes a WARN line. Of 1,874 published definitions 19 % have one;
its author believes that it does something.

## Bad
```yaml
temperature: 0.2
```

## Good
```yaml
effort: high
```

## How to fix
Remove it, or say in a comment (`# category: web`) what is meant for people.

## Source
Both clients run with unknown fields: the API request and the tools were the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.rules.field_misspelt import meant_field

CODE = "ACO110"
NAME = "field-unknown"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")

_MOST = 5
# The client knows 23; nobody writes more by hand than these.
_MOST_KEYS = 200


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    known = context.registry
    fields = known.skill_fields if definition.kind == "skill" else known.fields
    unknown = {
        field.key: field
        for field in definition.yaml.fields[:_MOST_KEYS]
        if field.key not in fields and meant_field(field.key, definition, known) is None
    }
    later = {key: known.later_fields[key] for key in unknown if key in known.later_fields}
    for key, version in later.items():
        yield Problem(unknown.pop(key).span.start, f"`{key}` is read from client {version} on, not by {known.client}")
    if unknown:
        names = ", ".join(shown(key) for key in list(unknown)[:_MOST]) + (" and others" * (len(unknown) > _MOST))
        yield Problem(next(iter(unknown.values())).span.start, f"the client ignores {names}")

"""The frontmatter has an unknown field.

## What it does
Reports fields that the client does not have. A file gets one finding for all of them. If the name is similar to a
field of the client, the rule `field-misspelt` reports it instead.

## Why
Clients 2.1.197 and 2.1.330 ignore the field. Client 2.1.330 writes a WARN line. 19 % of 1,874 published definitions
have such a field. Their authors expect an effect that never comes.

## Bad
```yaml
temperature: 0.2
```

## Good
```yaml
effort: high
```

## How to fix
Remove the field. A note for people can be a comment: `# category: web`.

## Source
Tested with both clients: with unknown fields, the API request and the tools did not change.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.rules.field_misspelt import meant_field

CODE = "ACO110"
NAME = "field-unknown"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill", "command")

_MOST_SHOWN = 5
# The client has 23 fields, and nobody writes this many by hand.
_MOST_FIELDS = 200


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    registry = context.registry
    fields = registry.skill_fields if definition.kind in ("skill", "command") else registry.fields
    unknown = {
        field.key: field
        for field in definition.yaml.fields[:_MOST_FIELDS]
        if field.key not in fields and meant_field(field.key, definition, registry) is None
    }
    later = {key: registry.later_fields[key] for key in unknown if key in registry.later_fields}
    for key, version in later.items():
        yield Problem(
            unknown.pop(key).span.start,
            f"Client {registry.client} ignores `{key}`. Remove it, or use client {version} or later.",
        )
    if unknown:
        yield Problem(
            next(iter(unknown.values())).span.start, _message(list(unknown), has_metadata="metadata" in fields)
        )


def _message(keys: list[str], *, has_metadata: bool) -> str:
    names = ", ".join(map(quoted, keys[:_MOST_SHOWN]))
    if len(keys) == 1:
        other = "move it into `metadata`" if has_metadata else "write a comment instead"
        return f"Unknown field: {names}. The client ignores it. Remove it, or {other}."
    others = " and others" if len(keys) > _MOST_SHOWN else ""
    other = "move them into `metadata`" if has_metadata else "write comments instead"
    return f"Unknown fields: {names}{others}. The client ignores them. Remove them, or {other}."

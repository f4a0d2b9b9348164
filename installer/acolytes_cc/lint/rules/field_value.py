"""A field has a value that the client does not take.

## What it does
Reports a value outside what the client accepts for `permissionMode`, `maxTurns`, `skills`, `mcpServers`, `hooks`,
`memory`, `background`, `effort`, `isolation`, `color`, `disallowedTools` and `initialPrompt`, and a `model` that is
no string.

## Why
Clients 2.1.197 and 2.1.330 ignore the field; some leave a DEBUG line. Upper and lower case count: `Blue` is no
colour. Wrong `hooks` switch all the agent's hooks off; some of them drop the agent in 2.1.330.

## Bad
```yaml
color: Blue
maxTurns: many
```

## Good
```yaml
color: blue
maxTurns: 20
```

## How to fix
Use a value that the message lists, or remove the field.

## Source
Both clients run on bad values of nearly all; https://github.com/anthropics/claude-code/issues/91781
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.fields import Field
from acolytes_cc.lint.rule import Confidence, Context, Persona, Problem, Severity

CODE = "ACO108"
NAME = "field-value"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"

# These have rules of their own.
_ELSEWHERE = frozenset({"name", "description", "tools"})


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    doubtful = [field for field in definition.yaml.fields if not _is_plainly_right(field, context)]
    if not doubtful:
        return
    wrong = _wrong_values({field.key: field.value.plain() for field in doubtful})
    for field in doubtful:
        if field.key in wrong and field is definition.field(field.key):
            allowed = context.registry.values.get(field.key)
            hint = f"use one of {', '.join(allowed)}" if allowed else wrong[field.key]
            place = field.span if field.value.kind == "null" else field.value.span
            effect = (
                "all its hooks are off, and 2.1.330 may drop the agent"
                if field.key == "hooks"
                else "the client ignores it"
            )
            yield Problem(place.start, f"`{field.key}` has a value that is not accepted, so {effect}: {hint}")


def _is_plainly_right(field: Field, context: Context) -> bool:
    """Spares most definitions the import of pydantic."""
    if field.key in _ELSEWHERE or field.key not in context.registry.fields or field.value.kind == "null":
        return True
    if field.key == "model":
        return field.value.kind == "string"
    return field.value.kind == "string" and field.value.data in context.registry.values.get(field.key, ())


def _wrong_values(values: dict[str, Any]) -> dict[str, str]:
    from pydantic import ValidationError

    from acolytes_cc.definitions.model import AgentFrontmatter

    try:
        AgentFrontmatter.model_validate({"name": "some", "description": "some", **values})
    except ValidationError as error:
        return {
            str(found["loc"][0]): found["msg"].removeprefix("Value error, ")
            for found in reversed(error.errors())
            if found["loc"]
        }
    return {}

"""A field has a value that the client does not take.

## What it does
Reports a value outside what the client accepts: of an agent's `permissionMode`, `maxTurns`, `skills`, `mcpServers`,
`memory`, `background`, `effort`, `isolation`, `color`, `disallowedTools` and `initialPrompt`, a `model` that is no
string; and of the fields of a skill.

## Why
Clients 2.1.197 and 2.1.330 ignore the field; some leave a DEBUG line. Upper and lower case count: `Blue` is no
colour. With `isolation: remote` they list the agent and cannot start it.

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
Both clients run on bad values of nearly all; those of skills are in the documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.fields import Field, Value
from acolytes_cc.definitions.source import Span
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.shape import misfits

CODE = "ACO108"
NAME = "field-value"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")

# These have rules of their own.
_ELSEWHERE = frozenset({"name", "description", "hooks"})
_OF_AGENTS = _ELSEWHERE | {"tools"}


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    elsewhere = _ELSEWHERE if definition.kind == "skill" else _OF_AGENTS
    doubtful = [field for field in definition.yaml.fields if not _is_plainly_right(field, context)]
    if all(field.key in elsewhere for field in doubtful):
        return
    for offset, path, words in misfits(Value("map", Span(0, 0), fields=tuple(doubtful)), _model(definition)):
        field = definition.field(path[0]) if path else None
        if field is None or field.key in elsewhere:
            continue
        allowed = context.registry.values.get(field.key)
        hint = f"use one of {', '.join(allowed)}" if allowed else f"it must be {words.removeprefix('must be ')}"
        starts = field.key != "isolation" or field.value.data != "remote"
        effect = "the client ignores it" if starts else "the agent cannot be started"
        yield Problem(
            offset,
            f"`{field.key}` has a value that is not accepted, so {effect}: {hint}",
            _fix(field.value, allowed or ()),
        )


def _is_plainly_right(field: Field, context: Context) -> bool:
    """Spares most definitions the import of pydantic."""
    if field.value.kind == "null":
        return True
    if field.key in ("name", "description", "model", "tools", "disallowedTools", "license", "argument-hint"):
        return field.value.kind == "string" and field.value.data != ""
    known = field.key in context.registry.fields or field.key in context.registry.skill_fields
    return not known or (
        field.value.kind == "string" and field.value.data in context.registry.values.get(field.key, ())
    )


def _model(definition: Definition) -> type:
    from acolytes_cc.definitions.model import AgentFrontmatter, SkillFrontmatter

    return SkillFrontmatter if definition.kind == "skill" else AgentFrontmatter


def _fix(value: Value, allowed: tuple[str, ...]) -> Fix | None:
    """Another case is certain: `Blue` can only be `blue`."""
    meant = next((name for name in allowed if name.lower() == str(value.data).strip().lower()), None)
    return Fix((Edit(value.span, meant),)) if meant else None

"""A field has an invalid value.

## What it does
Reports a value that the client does not accept. For agents, it checks `permissionMode`, `maxTurns`, `skills`,
`mcpServers`, `memory`, `background`, `effort`, `isolation`, `color`, `disallowedTools` and `initialPrompt`. A `model`
must be a string. For skills, it checks all fields.

## Why
Clients 2.1.197 and 2.1.330 ignore the field. For some fields there is a DEBUG line. Case counts: `Blue` is not a
colour. An agent with `isolation: remote` is listed, but it cannot start.

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
Use a value from the message, or remove the field.

## Source
Tested with both clients on bad values of nearly all fields of agents. Tested with client 2.1.332 on the fields
of skills.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.values import Field, Value
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.agent_values import CHECKED, number_before_separator, one_of, requirement
from acolytes_cc.lint.support.schema_errors import schema_errors

CODE = "ACO108"
NAME = "field-value"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill", "command")

# Other rules check these fields.
_CHECKED_ELSEWHERE = frozenset({"name", "description", "hooks"})
_CHECKED_ELSEWHERE_IN_AGENTS = _CHECKED_ELSEWHERE | CHECKED
_COMMENT = re.compile(r":[ \t]*(#)\S")

# Clearer than what the schema says: it also accepts these values as strings.
_REQUIREMENTS = {
    "context": "must be `fork`",
    "shell": "must be `bash` or `powershell`",
    "maxTurns": "must be a whole number of at least 1",
    **dict.fromkeys(("background", "disable-model-invocation", "user-invocable"), "must be true or false"),
}


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    if definition.kind in ("skill", "command"):
        yield from _by_schema(definition, context)
        return
    seen = {field.key: field for field in definition.yaml.fields}
    for field in seen.values():
        if field.key in CHECKED:
            yield from _of_agent(field, definition, context)
    yield from _by_schema(definition, context)


def _of_agent(field: Field, definition: Definition, context: Context) -> Iterator[Problem]:
    values = context.registry.values
    if field.value.kind == "null":
        comment = _COMMENT.match(definition.text, field.span.end)
        if comment:
            yield Problem(
                comment.start(1),
                f"YAML reads a comment from this `#` on, so `{field.key}` is empty. Put the value in quotes.",
            )
        return
    hint = requirement(field, values)
    number = number_before_separator(field.value) if field.key == "maxTurns" else None
    if hint is None and number is not None:
        message = f"The client reads only `{number}` of this value. Write one whole number."
        yield Problem(field.value.span.start, message)
    if hint is not None:
        is_remote = field.key == "isolation" and field.value.data == "remote"
        effect = "the agent cannot start" if is_remote else "the client ignores it"
        if hint.startswith("The client"):
            yield Problem(_first_wrong(field.value), f"`{field.key}` has an entry that is not a string. {hint}")
        else:
            fix = _fix(field.value, values.get(field.key, ()))
            yield Problem(field.value.span.start, f"Invalid value for `{field.key}`, so {effect}. {hint}", fix)


def _first_wrong(value: Value) -> int:
    return next(item.span.start for item in value.items if item.kind not in ("string", "null"))


def _by_schema(definition: Definition, context: Context) -> Iterator[Problem]:
    is_skill = definition.kind in ("skill", "command")
    elsewhere = _CHECKED_ELSEWHERE if is_skill else _CHECKED_ELSEWHERE_IN_AGENTS
    unchecked = [field for field in definition.yaml.fields if not _is_clearly_valid(field, context)]
    if all(field.key in elsewhere for field in unchecked):
        return
    reported = set()
    schema = "skill-frontmatter.schema.json" if is_skill else "agent-frontmatter.schema.json"
    for offset, keys, words in schema_errors(Value("map", Span(0, 0), fields=tuple(unchecked)), schema):
        field = definition.field(keys[0]) if keys else None
        if field is None or field.key in elsewhere:
            continue
        allowed = context.registry.values.get(field.key, ())
        is_entry = field.value.kind == "list" and len(keys) == 1 and offset > field.value.span.start
        hint = one_of(allowed) if allowed else _requirement(field.key, words, is_entry=is_entry)
        if is_entry and (field.key, hint) in reported:  # the entries of a list are one finding
            continue
        reported.add((field.key, hint))
        is_remote = field.key == "isolation" and field.value.data == "remote"
        effect = "the agent cannot start" if is_remote else "the client ignores it"
        yield Problem(
            offset,
            f"Invalid value for `{field.key}`, so {effect}. {hint}",
            _fix(field.value, allowed),
        )


def _requirement(key: str, words: str, *, is_entry: bool) -> str:
    words = _REQUIREMENTS.get(key, words)
    return f"{'Each entry' if is_entry else 'It'} {words}." if words.startswith("must") else f"{words}."


def _is_clearly_valid(field: Field, context: Context) -> bool:
    """Whether a quick check accepts the field: most definitions then never import jsonschema."""
    if field.value.kind == "null":
        return True
    if field.key in ("name", "description", "model", "tools", "disallowedTools", "license", "argument-hint"):
        return field.value.kind == "string" and field.value.data != ""
    if field.key == "skills" and field.value.kind == "list":
        return all(item.kind == "string" and item.data for item in field.value.items)
    is_known = field.key in context.registry.fields or field.key in context.registry.skill_fields
    return not is_known or (
        field.value.kind == "string" and field.value.data in context.registry.values.get(field.key, ())
    )


def _fix(value: Value, allowed: tuple[str, ...]) -> Fix | None:
    """Correct the case: `Blue` can only mean `blue`."""
    valid = next((name for name in allowed if name.lower() == str(value.data).strip().lower()), None)
    return Fix((Edit(value.span, valid),)) if valid else None

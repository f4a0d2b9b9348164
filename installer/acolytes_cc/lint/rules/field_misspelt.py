"""A field name is misspelt.

## What it does
Reports an unknown field whose name is similar to a known one. It has another case, a `-` or `_` instead of a capital
letter, or a typing error. Or it is the spelling of another file type: skills have `allowed-tools`, agents have
`tools`.

## Why
Clients 2.1.197 and 2.1.330 ignore the field. An agent with `allowed-tools: Read` has **all** tools. An agent with
`permission-mode: plan` is not in plan mode. Client 2.1.330 writes a WARN line for some of them.

## Bad
```yaml
allowed-tools: Read, Grep
```

## Good
```yaml
tools: Read, Grep
```

## How to fix
Use the name in the message.

## Source
Tested with both clients on six such spellings; https://github.com/anthropics/claude-code/issues/27099
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.values import Field
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.suggest import closest_name, plain_name

CODE = "ACO107"
NAME = "field-misspelt"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill", "command")

# The client has 23 fields. A search among more keys than this would take too long.
_MOST_FIELDS = 200
# Files of other products have these: they are not misspelt `model` and `agent`.
_NOT_MISSPELT = frozenset({"mode", "agents"})
_AGENT_TO_SKILL_FIELD = {"tools": "allowed-tools", "disallowedTools": "disallowed-tools"}


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    for field in definition.yaml.fields[:_MOST_FIELDS]:
        name = meant_field(field.key, definition, context.registry)
        if name is not None and field.key.startswith(f"{name}:"):
            yield _without_space(field, name, definition)
        elif name is not None:
            yield Problem(
                field.span.start,
                f"Unknown field {quoted(field.key)}. The client ignores it. Did you mean `{name}`?",
                _fix(field, name, definition),
            )


def _without_space(field: Field, name: str, definition: Definition) -> Problem:
    """The problem of `tools:Read: x`, of which YAML makes the field `tools:Read`."""
    behind = field.span.start + len(name) + 1
    is_plain = definition.text.startswith(f"{name}:", field.span.start) and definition.field(name) is None
    return Problem(
        field.span.start,
        f"`{name}:` needs a space before its value. The client ignores the whole line. Write `{name}: `.",
        Fix((Edit(Span(behind, behind), " "),)) if is_plain else None,
    )


def _fix(field: Field, name: str, definition: Definition) -> Fix | None:
    """The fix that renames the field; None where that replaces another one, or lets a skill use tools unasked."""
    if definition.field(name) is not None or (field.key == "tools" and name == _AGENT_TO_SKILL_FIELD["tools"]):
        return None
    return Fix((Edit(field.span, name),), safe=plain_name(field.key) == plain_name(name))


def meant_field(key: str, definition: Definition, registry: Registry) -> str | None:
    """The field that an unknown key is most similar to; None for a field of the client, or when none is similar."""
    is_skill = definition.kind in ("skill", "command")
    fields = registry.skill_fields if is_skill else registry.fields
    if key in fields or key in registry.later_fields or key in _NOT_MISSPELT:
        return None
    if is_skill and key in _AGENT_TO_SKILL_FIELD:
        # in a skill, other products list themselves there: `tools: [claude, cursor]`
        has_tool = any(entry.name in registry.tools for entry in definition.tool_entries(key))
        return _AGENT_TO_SKILL_FIELD[key] if has_tool else None
    before, colon, _ = key.partition(":")
    if colon and before in fields:
        return before
    return (None if is_skill else registry.misspelt_fields.get(key)) or closest_name(key, fields)

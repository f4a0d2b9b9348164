"""A field is misspelt.

## What it does
Reports a key that the client does not know and that looks like one it knows: other case, `-` or `_` instead of
capitals, a slip of a letter, or the spelling of another file type (`allowed-tools` belongs to skills, `tools` to
agents).

## Why
Clients 2.1.197 and 2.1.330 ignore it. With `allowed-tools: Read` an agent has **all** tools; with `permission-mode:
plan` it has none of that protection. Client 2.1.330 writes a WARN line for some.

## Bad
```yaml
allowed-tools: Read, Grep
```

## Good
```yaml
tools: Read, Grep
```

## How to fix
Use the name that the message gives.

## Source
Both clients run on six such spellings; https://github.com/anthropics/claude-code/issues/27099
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.suggest import closest_name, plain_name

CODE = "ACO107"
NAME = "field-misspelt"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")

# The client knows 23; similar names are not looked for among more keys than these.
_MOST = 200
# Another program's agents have it, and it is no slip for `model`.
_FOREIGN = frozenset({"mode"})
_OF_SKILLS = {"tools": "allowed-tools", "disallowedTools": "disallowed-tools"}


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    for field in definition.yaml.fields[:_MOST]:
        name = meant_field(field.key, definition, context.registry)
        if name is not None:
            certain = plain_name(field.key) == plain_name(name) and definition.field(name) is None
            yield Problem(
                field.span.start,
                f"the client ignores {shown(field.key)}; did you mean `{name}`?",
                Fix((Edit(field.span, name),), safe=certain),
            )


def meant_field(key: str, definition: Definition, registry: Registry) -> str | None:
    """The field that an unknown key was meant to be; None for a known one, and when nothing is like it."""
    is_skill = definition.kind == "skill"
    known = registry.skill_fields if is_skill else registry.fields
    if key in known or key in registry.later_fields or key in _FOREIGN:
        return None
    by_hand = _OF_SKILLS if is_skill else registry.misspelt_fields
    return by_hand.get(key) or closest_name(key, known)

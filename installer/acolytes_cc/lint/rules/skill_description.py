"""The description of a skill is missing, or is cut.

## What it does
Reports a skill without a description, and one whose `description` and `when_to_use` have more than 1,536 characters
together.

## Why
Client 2.1.330 lists a skill by its description: without one by the first line of its text, and cut after 1,536
characters. What stands behind, often the triggers, nobody reads.

## Bad
```yaml
name: deploy
```

## Good
```yaml
name: deploy
description: Deploys the service. Use when the user asks for a release.
```

## How to fix
Say what it does and when to use it, in at most 1,536 characters.

## Source
Client 2.1.330 run on both; https://code.claude.com/docs/en/skills
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO530"
NAME = "skill-description"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("skill",)

_LONGEST = 1536


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if definition.unloadable is not None or definition.yaml.problem is not None:
        return
    if not definition.has_text("description"):
        field = definition.field("description")
        yield Problem(field.span.start if field else 0, "no description: the client takes the first line of the text")
        return
    fields = [field for key in ("description", "when_to_use") if (field := definition.field(key))]
    length = sum(len(str(field.value.data or "")) for field in fields)
    if length > _LONGEST:
        yield Problem(fields[0].value.span.start, f"the client cuts these {length:,} characters at {_LONGEST:,}")

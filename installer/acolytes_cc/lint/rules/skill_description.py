"""The description of a skill is missing or too long.

## What it does
Reports a skill or a command without a description. Also reports one whose `description` and `when_to_use` have more
than 1,536 characters together.

## Why
Client 2.1.330 lists a skill with its description. Without one, it uses the first line of the text. It cuts a
description after 1,536 characters. Nobody reads the rest, which often says when to use the skill.

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
Say what the skill does and when to use it, in at most 1,536 characters.

## Source
Tested with client 2.1.330 on both; https://code.claude.com/docs/en/skills
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.late_frontmatter import late_frontmatter

CODE = "ACO530"
NAME = "skill-description"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("skill", "command")

_MOST_CHARACTERS = 1536


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    if definition.unloadable is not None or definition.yaml.problem is not None:
        return
    if definition.block is None and late_frontmatter(definition.text, context.registry.skill_fields):
        return
    field = definition.field("description")
    if field is None or field.value.data is None or not str(field.value.data).strip():  # a number counts as text
        message = (
            "No description, so the client shows the first line of the text. "
            f"Say what the {definition.kind} does and when to use it."
        )
        yield Problem(field.span.start if field else 0, message)
        return
    fields = [field for key in ("description", "when_to_use") if (field := definition.field(key))]
    length = sum(len(str(field.value.data or "")) for field in fields)
    if length > _MOST_CHARACTERS:
        message = (
            f"The description has {length:,} characters, with `when_to_use`. "
            f"The client cuts it after {_MOST_CHARACTERS:,}. Shorten it."
        )
        yield Problem(fields[0].value.span.start, message)

"""The description is longer than 1,536 characters.

## What it does
Reports a longer description, with its approximate cost in tokens.

## Why
Clients 2.1.197 and 2.1.330 show the full description to the main agent in every session, even if the agent is not
used. The median length of 1,874 published definitions is 207 characters. 9 % are longer than 1,536.

## Bad
A description with four example dialogues.

## Good
```yaml
description: Reviews code for defects. Use after a change is written, before it is committed.
```

## How to fix
Keep what the agent does and when to use it. Move the rest into the body.

## Source
Tested with both clients on descriptions of up to 100,000 characters.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.context.project import tokens
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO119"
NAME = "description-length"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")

LONGEST = 1536


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("description")
    text = field.value.data if field else None
    if field is not None and isinstance(text, str) and len(text) > LONGEST:
        cost = tokens(len(text.strip()))
        yield Problem(
            field.value.span.start,
            f"The description has {len(text):,} characters, about {cost:,} tokens in every session. "
            f"Use at most {LONGEST:,}.",
        )

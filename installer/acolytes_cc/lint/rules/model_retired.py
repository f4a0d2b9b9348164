"""The model is retired, or has a date for it.

## What it does
Reports a `model` that the client's own table says is or will be retired.

## Why
Client 2.1.330 warns of these models when they are chosen by hand and sends them as they are from a definition; after
its date the request fails, or another model answers. 7 % of 1,874 published definitions name one.

## Bad
```yaml
model: claude-3-5-sonnet-20241022
```

## Good
```yaml
model: sonnet
```

## How to fix
Use an alias (`haiku`, `sonnet`, `opus`), which always means a current model.

## Source
The table in the text of client 2.1.330; https://platform.claude.com/docs/en/about-claude/model-deprecations
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO121"
NAME = "model-retired"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    field = definition.field("model")
    model = str(field.value.data).strip().lower() if field else ""
    date = next((date for part, date in context.registry.retirements.items() if part in model), None)
    if field is not None and date is not None:
        tense = "was" if date <= context.registry.verified else "will be"
        yield Problem(
            field.value.span.start, f"{shown(model)} {tense} retired on {date}; use an alias such as `sonnet`"
        )

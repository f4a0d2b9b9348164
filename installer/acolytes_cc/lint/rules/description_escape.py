"""The description holds a literal `\\n`.

## What it does
Reports a backslash and an `n` in a description.

## Why
Clients 2.1.197 and 2.1.330 turn the two characters into a line end, so nothing is lost; other programs that read the
file do not. 9 % of 1,874 published definitions have it.

## Bad
```yaml
description: Reviews code.\\nUse after a change.
```

## Good
```yaml
description: >-
  Reviews code.
  Use after a change.
```

## How to fix
Write the description as a block.

## Source
Both clients' program text, and a run.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO120"
NAME = "description-escape"
SEVERITY: Severity = "info"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "pedantic"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("description")
    if field is not None and "\\n" in str(field.value.data):
        offset = definition.text.find("\\n", *field.value.span)
        yield Problem(max(offset, field.value.span.start), "a literal `\\n`; write the description as a block")

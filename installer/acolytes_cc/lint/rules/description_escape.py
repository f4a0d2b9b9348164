r"""The description contains a literal `\n`.

## What it does
Reports a backslash followed by an `n` in a description.

## Why
Clients 2.1.197 and 2.1.330 turn the two characters into a line break. Other programs that read the file do not. 9 % of
1,874 published definitions have this.

## Bad
```yaml
description: Reviews code.\nUse after a change.
```

## Good
```yaml
description: >-
  Reviews code.
  Use after a change.
```

## How to fix
Write the description as a YAML block.

## Source
The program text of both clients, and a test.
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

_MESSAGE = "The client reads this `\\n` as a line break, but other programs do not. Use a block: `description: >-`."


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("description")
    if field is not None and "\\n" in str(field.value.data):
        offset = definition.text.find("\\n", *field.value.span)
        yield Problem(max(offset, field.value.span.start), _MESSAGE)

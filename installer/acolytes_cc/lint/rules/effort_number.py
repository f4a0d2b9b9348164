"""A number as `effort` sends no effort.

## What it does
Reports a number as the value of `effort`.

## Why
Client 2.1.332 accepts a number without a message. Then it sends no effort to the API, not even the one of the session.

## Bad
```yaml
effort: 50
```

## Good
```yaml
effort: high
```

## How to fix
Use one of the words: low, medium, high, xhigh, max.

## Source
Tested with 2.1.332 and the numbers 0 to 100000, also in quotes.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO126"
NAME = "effort-number"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("effort")
    if field is None:
        return
    value = field.value.items[0] if len(field.value.items) == 1 else field.value  # the client takes a list of one
    if value.kind == "number" or str(value.data).isdecimal():
        message = "The client sends no effort for a number. Use one of: low, medium, high, xhigh, max."
        yield Problem(value.span.start, message)

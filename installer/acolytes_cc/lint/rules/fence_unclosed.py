"""A code fence is not closed.

## What it does
Reports the opening line of a fence that nothing closes.

## Why
All that follows reads as code, headings and instructions included. Client 2.1.330 passes it to the model as it is. In a
labelled sample each such fence was a mistake.

## Bad
````markdown
```bash
make test

Then report.
````

## Good
````markdown
```bash
make test
```

Then report.
````

## How to fix
Close the fence with as many of the same sign.

## Source
16 of 1,874 published definitions.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO308"
NAME = "fence-unclosed"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    for fence in definition.structure.fences:
        if not fence.closed:
            yield Problem(fence.opening, "this fence is not closed: what follows reads as code")

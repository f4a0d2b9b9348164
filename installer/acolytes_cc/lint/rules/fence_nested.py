"""A code fence ends at the fence inside it.

## What it does
Reports a fence that holds what looks like the opening of another of the same length.

## Why
The first bare fence line closes the outer one: the rest of the example reads as instructions, and the example's
instructions as code. Client 2.1.330 passes it to the model as it is.

## Bad
````markdown
```markdown
Run this:
```bash
make test
```
```
````

## Good
`````markdown
````markdown
Run this:
```bash
make test
```
````
`````

## How to fix
Write the outer fence with one sign more.

## Source
32 of 1,874 published definitions; precision .85 in a labelled sample.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO309"
NAME = "fence-nested"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")

_LONGEST = 20  # nobody writes more marks by hand


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    for fence in definition.structure.fences:
        if not fence.holds_marks or len(fence.marks) > _LONGEST:
            continue
        inner = re.compile(rf"^[ \t]*{re.escape(fence.marks)}[A-Za-z][\w+-]*[ \t]*\r?$", re.MULTILINE)
        found = inner.search(definition.text, *fence.span)
        if found and fence.closed:
            line = definition.source.position(found.start()).line
            yield Problem(
                fence.opening, f"the fence in line {line} does not nest in this one; give this one a sign more"
            )

"""A code block ends at the block inside it.

## What it does
Reports a code block that contains another one with a fence of the same length.

## Why
The first closing fence ends the outer block. Then the rest of the example looks like instructions, and its
instructions look like code. Client 2.1.330 passes the text to the model as it is.

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
Make the outer fence one character longer.

## Source
32 of 1,874 published definitions. Precision 0.85 in a labelled sample.
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

_MOST_MARKS = 20  # nobody writes more by hand


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    for fence in definition.structure.fences:
        if not fence.holds_marks or len(fence.marks) > _MOST_MARKS:
            continue
        inner = re.compile(rf"^[ \t]*{re.escape(fence.marks)}[A-Za-z][\w+-]*[ \t]*\r?$", re.MULTILINE)
        match = inner.search(definition.text, *fence.span)
        if match and fence.closed:
            line = definition.source.position(match.start()).line
            yield Problem(
                fence.opening,
                f"The code block in line {line} ends this one too early. Make this fence one character longer.",
            )

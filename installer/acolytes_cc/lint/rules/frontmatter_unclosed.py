"""The frontmatter is not closed.

## What it does
Reports a definition whose opening `---` is never followed by another.

## Why
Clients 2.1.197 and 2.1.330 then see no frontmatter at all and drop the agent without a line in the debug file.

## Bad
```markdown
---
name: reviewer
description: Reviews code. Use after a change is written.

You review code.
```

## Good
```markdown
---
name: reviewer
description: Reviews code. Use after a change is written.
---

You review code.
```

## How to fix
Put a line `---` after the last field.

## Source
Both clients run on such a file.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO102"
NAME = "frontmatter-unclosed"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent",)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if definition.block is None and frontmatter.opens(definition.text) is not None:
        yield Problem(0, "the frontmatter is not closed, so the client drops the agent: end it with a line `---`")

"""There is no body.

## What it does
Reports a definition with nothing after its frontmatter.

## Why
Clients 2.1.197 and 2.1.330 load the agent and give it no prompt of its own: it is a general agent with another name.

## Bad
```markdown
---
name: reviewer
description: Reviews code. Use after a change is written.
---
```

## Good
```markdown
---
name: reviewer
description: Reviews code. Use after a change is written.
---

You review code. List each defect with its file, its line and a way to mend it.
```

## How to fix
Write what the agent is to do.

## Source
Both clients run on such a file.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO306"
NAME = "body-empty"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if definition.block is not None and not definition.body_length:
        yield Problem(definition.block.closing, "nothing follows the frontmatter: the agent has no prompt of its own")

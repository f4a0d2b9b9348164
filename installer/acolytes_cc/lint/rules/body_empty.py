"""The body is empty.

## What it does
Reports a definition with nothing after its frontmatter.

## Why
Clients 2.1.197 and 2.1.330 load the agent, but without a prompt of its own. It is a general agent with another name.

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

You review code. List each defect with its file, its line and a way to fix it.
```

## How to fix
Write what the agent has to do.

## Source
Tested with both clients on such a file.
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
KINDS: Kinds = ("agent", "plugin-agent", "skill", "command")

_MESSAGE = "The body is empty, so the {} Write instructions after the frontmatter."
_EFFECT = {"skill": "model learns nothing from the skill.", "command": "command sends no prompt of its own."}


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if definition.block is not None and not definition.body_length:
        effect = _EFFECT.get(definition.kind, "agent has no prompt of its own.")
        yield Problem(definition.block.closing, _MESSAGE.format(effect))

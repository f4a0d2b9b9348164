"""The frontmatter is not closed.

## What it does
Reports a definition that starts with `---` and has no second `---`.

## Why
Clients 2.1.197 and 2.1.330 then find no frontmatter, so they do not load the agent. Even the debug file does not
mention it.

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
Add a line `---` after the last field.

## Source
Tested with both clients on such a file.
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
    if definition.block is None and frontmatter.yaml_start(definition.text) is not None:
        yield Problem(
            0,
            "The frontmatter is not closed, so the client does not load the agent. "
            "Add a line `---` after the last field.",
        )

"""The beginning of a CLAUDE.md is taken for frontmatter.

## What it does
Reports a CLAUDE.md that begins with text between two lines `---`, when that text has no fields.

## Why
Client 2.1.332 leaves out what is between the first two `---`, so the model never sees it. There is no message.

## Bad
```markdown
---
Use tabs.
---
```

## Good
```markdown
Use tabs.
```

## How to fix
Remove the first `---`, or put a blank line or a heading before it.

## Source
Tested with client 2.1.332: the text was missing in the request.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO545"
NAME = "memory-frontmatter"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("memory",)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    block = definition.block
    if block and definition.text[slice(*block.yaml)].strip() and not definition.yaml.fields:
        message = "The client takes the text up to the next `---` for frontmatter, and leaves it out. Remove this line."
        yield Problem(0, message)

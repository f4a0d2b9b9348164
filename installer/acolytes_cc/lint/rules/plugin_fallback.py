"""The agent of a plugin loads under a made-up name or description.

## What it does
Reports an agent of a plugin without frontmatter, with frontmatter that does not parse, or without a usable name or
description.

## Why
Elsewhere clients 2.1.197 and 2.1.330 drop such an agent. In a plugin they take the file's name and "Agent from ...
plugin" for a description: it is listed, and nobody can know when to use it. Its tools and model are lost with the
frontmatter.

## Bad
```markdown
# Reviewer
```

## Good
```markdown
---
name: reviewer
description: Reviews code. Use after a change is written.
---
```

## How to fix
Give it frontmatter with a name and a description.

## Source
Both clients run on each variant.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.unreadable import unreadable

CODE = "ACO124"
NAME = "plugin-fallback"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("plugin-agent",)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if definition.unloadable is not None:
        return
    problem = definition.yaml.problem
    if definition.block is None:
        yield Problem(0, "no frontmatter: the agent has the file's name, no description, and all tools")
    elif problem is not None:
        yield unreadable(problem, ": all of it is lost")
    else:
        for key, instead in (("name", "the file's name"), ("description", "a generic sentence")):
            if not definition.has_text(key):
                field = definition.field(key)
                yield Problem(field.span.start if field else 0, f"no usable `{key}`: the client takes {instead}")

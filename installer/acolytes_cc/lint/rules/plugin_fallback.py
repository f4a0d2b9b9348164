"""A plugin's agent has no name or description.

## What it does
Reports an agent of a plugin without frontmatter, with invalid frontmatter, or without a usable name or description.

## Why
Outside plugins, clients 2.1.197 and 2.1.330 do not load such an agent. In a plugin they load it with the file name as
its name and "Agent from ... plugin" as its description. Nobody can know when to use it. Without frontmatter, its tools
and model are lost as well.

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
Add frontmatter with a name and a description.

## Source
Tested with both clients on each variant.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.late_frontmatter import late_frontmatter
from acolytes_cc.lint.support.unreadable import unreadable

CODE = "ACO124"
NAME = "plugin-fallback"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("plugin-agent",)


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    if definition.unloadable is not None:
        return
    problem = definition.yaml.problem
    if definition.block is None:
        late = late_frontmatter(definition.text, context.registry.fields)
        how_to_fix = late.how_to_fix if late else "Add frontmatter."
        message = f"No frontmatter, so the agent gets the file name, a generic description and all tools. {how_to_fix}"
        yield Problem(0, message, late.fix if late else None)
    elif problem is not None:
        yield unreadable(problem, "The client ignores all of it.")
    else:
        for key, substitute in (("name", "the file name"), ("description", "a generic sentence")):
            if not definition.has_text(key):
                field = definition.field(key)
                yield Problem(
                    field.span.start if field else 0,
                    f"No usable `{key}`, so the client uses {substitute}. Add `{key}`.",
                )

"""The description is missing, empty or not a string.

## What it does
Reports frontmatter without a usable `description`.

## Why
Clients 2.1.197 and 2.1.330 do not load such an agent. They write a DEBUG line. In a plugin, the agent gets a generic
description, so it is never chosen.

## Bad
```yaml
description:
```

## Good
```yaml
description: Reviews code for defects. Use after a change is written.
```

## How to fix
Say what the agent does and when to use it.

## Source
Tested with both clients on each variant; https://code.claude.com/docs/en/sub-agents
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.required import required_string

CODE = "ACO113"
NAME = "description-missing"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent",)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    yield from required_string(definition, "description")

"""The name is missing, empty or not a string.

## What it does
Reports frontmatter without a usable `name`.

## Why
Clients 2.1.197 and 2.1.330 do not load such an agent. There is no message when the name is missing or empty. There is
a DEBUG line when it is a number, `true` or a list. In a plugin, the client uses the file name instead.

## Bad
```yaml
name: 123
```

## Good
```yaml
name: code-reviewer
```

## How to fix
Give the agent a name of lower-case letters and hyphens. Put a name in quotes if YAML reads it as a number or as true.

## Source
Tested with both clients on each variant; https://code.claude.com/docs/en/sub-agents
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.required import required_string

CODE = "ACO111"
NAME = "name-missing"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent",)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    yield from required_string(definition, "name")

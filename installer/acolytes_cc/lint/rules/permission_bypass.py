"""The agent works without asking.

## What it does
Reports `permissionMode: bypassPermissions`.

## Why
Clients 2.1.197 and 2.1.330 heed it in a project's agent without any dialog in `-p`: whoever can change that file can
run any command on the machine of everybody who uses the project.

## Bad
```yaml
permissionMode: bypassPermissions
```

## Good
```yaml
permissionMode: acceptEdits
```

## How to fix
Remove it, and allow the few commands that the agent needs in `permissions` of settings.json.

## Source
Both clients run in a project's agent.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO125"
NAME = "permission-bypass"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "auditor"
KINDS: Kinds = ("agent",)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("permissionMode")
    if field is not None and field.value.data == "bypassPermissions":
        yield Problem(field.value.span.start, "this agent runs every command unasked; allow the few that it needs")

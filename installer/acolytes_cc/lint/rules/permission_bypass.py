"""The agent never asks for permission.

## What it does
Reports `permissionMode: bypassPermissions`.

## Why
With `claude -p`, clients 2.1.197 and 2.1.330 apply it for an agent of the project without any dialog. So whoever can
change that file can run any command on the machine of everybody who uses the project.

## Bad
```yaml
permissionMode: bypassPermissions
```

## Good
```yaml
permissionMode: acceptEdits
```

## How to fix
Remove it. Allow the few commands that the agent needs in `permissions` of settings.json.

## Source
Tested with both clients in an agent of a project.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO125"
NAME = "permission-bypass"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent",)

_MESSAGE = (
    "The client applies this mode only in some sessions, and there the agent runs every command without asking. "
    "Allow single commands in settings.json instead."
)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("permissionMode")
    if field is not None and field.value.data == "bypassPermissions":
        yield Problem(field.value.span.start, _MESSAGE)

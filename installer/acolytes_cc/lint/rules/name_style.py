"""The name does not follow the recommended style.

## What it does
Reports a name with characters other than lower-case letters, digits and hyphens. It also reports a name of fewer than
3 or more than 50 characters.

## Why
The client's documentation asks for lower-case letters and hyphens. Clients 2.1.197 and 2.1.330 accept nearly anything.
But some characters are hard to type, and similar names are easy to confuse.

## Bad
```yaml
name: My_Reviewer
```

## Good
```yaml
name: my-reviewer
```

## How to fix
Rename the agent, and change all calls of it.

## Source
https://code.claude.com/docs/en/sub-agents
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO117"
NAME = "name-style"
SEVERITY: Severity = "info"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "pedantic"
KINDS: Kinds = ("agent", "plugin-agent")

_STYLE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("name")
    if field is None or not isinstance(field.value.data, str) or not field.value.data:
        return
    name = field.value.data
    if not (_STYLE.fullmatch(name) and 3 <= len(name) <= 50):
        yield Problem(
            field.value.span.start,
            f"The name {quoted(name)} is unusual. Use 3 to 50 lower-case letters, digits and hyphens.",
        )

"""The client cannot load the file at all.

## What it does
Reports a file whose content the client never looks at: larger than 1,048,576 bytes, a symbolic link that leads
nowhere, no regular file, or one without permission to read.

## Why
Clients 2.1.197 and 2.1.330 skip a file that is too large, with a line in the debug file only, and a broken link without
any: the agent is not there, and nobody says so.

## Bad
```console
$ ls -l .claude/agents
reviewer.md -> ../../old/reviewer.md   (no such file)
```

## Good
```console
$ ls -l .claude/agents
reviewer.md -> ../../src/reviewer.md
```

## How to fix
Mend the link or the permissions; move reference material out of a definition that is too large into a skill.

## Source
Both clients run on a broken link and on a file over the limit, which is in their program text.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO001"
NAME = "file-unloadable"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill", "settings", "hooks", "plugin", "marketplace", "mcp")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if definition.unloadable is not None:
        yield Problem(0, f"the client does not load this file: {definition.unloadable}")

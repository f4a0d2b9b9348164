"""The client cannot load the file.

## What it does
Reports a file that the client never reads. The file is larger than 1,048,576 bytes, a broken symbolic link, not a
regular file, or not readable.

## Why
Clients 2.1.197 and 2.1.330 skip a file that is too large. Only the debug file says so. They skip a broken link without
any message. In both cases the agent is missing.

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
Fix the link or the permissions. If the file is too large, move reference material into a skill.

## Source
Tested with both clients on a broken link and on a file over the limit. The limit is in their program text.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import SIZE_LIMIT, Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO001"
NAME = "file-unloadable"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill", "settings", "hooks", "plugin", "marketplace", "mcp")

_FIX = f"Make it a readable, regular file of at most {SIZE_LIMIT:,} bytes."


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if definition.unloadable is not None:
        yield Problem(0, f"The client cannot load this file: {definition.unloadable}. {_FIX}")

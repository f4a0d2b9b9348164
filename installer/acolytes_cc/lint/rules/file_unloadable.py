"""The client cannot load the file.

## What it does
Reports a file that the client never reads. The file is a broken symbolic link, not a regular file, not readable, or too
large. A Markdown file may have 1,048,576 bytes. Settings and `.mcp.json` may have 2,097,152.

The client reads hooks and manifests of any size. The linter does not check one of more than 2,097,152 bytes, and says
so.

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
Tested with both clients on a broken link and on a file over the limit. Tested with client 2.1.332 on settings and
`.mcp.json` of 2,000,087 and of 2,164,986 bytes, and on hooks and a manifest of 11,000,000 bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import size_limit
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO001"
NAME = "file-unloadable"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill", "settings", "hooks", "plugin", "marketplace", "mcp", "command")

# The client reads these whatever their size.
_WITHOUT_LIMIT = ("hooks", "plugin", "marketplace")


def check(subject: Subject, _context: Context) -> Iterator[Problem]:
    reason = subject.unloadable
    if reason is not None and subject.kind in _WITHOUT_LIMIT and "larger" in reason:
        yield Problem(0, f"This file was not checked: {reason}. Shorten it.")
    elif reason is not None:
        fix = f"Make it a readable, regular file of at most {size_limit(subject.path):,} bytes."
        yield Problem(0, f"The client cannot load this file: {reason}. {fix}")

"""The client does not read this file, because of its place or name.

## What it does
Reports a file that is meant for the client and lies where the client does not look: `.claude/skills/review.md`,
`.claude/skills/review/skill.md`, `.claude/command/review.md`, `.claude/.mcp.json`, and others.

## Why
Clients 2.1.330 and 2.1.332 read only certain folders and names, in exactly this spelling. They skip all other files
without a message. So the agent, the skill or the command is missing.

## Bad
```console
$ ls .claude/skills
review.md
```

## Good
```console
$ ls .claude/skills
review/SKILL.md
```

## How to fix
Move or rename the file as the message says.

## Source
Tested with 2.1.332: none of these files was listed, and none of them could be called.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.misplaced import misplaced
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO005"
NAME = "file-misplaced"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("misplaced",)


def check(subject: Subject, _context: Context) -> Iterator[Problem]:
    message = misplaced(subject.path, lambda: subject.text)
    if message:
        yield Problem(0, message)

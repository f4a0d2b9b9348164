"""The body expects something to be put in.

## What it does
Reports `$ARGUMENTS`, lines of `` !`command` `` and lines that are only `@file`.

## Why
Slash commands and skills have them. In the body of an agent clients 2.1.197 and 2.1.330 leave all three as they stand.

## Bad
```markdown
Review $ARGUMENTS.
```

## Good
```markdown
Review the files that the task names.
```

## How to fix
Say in words what the agent is to read or run.

## Source
Both clients run on each: the request held the literal text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO310"
NAME = "body-substitution"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")

_WANTED = re.compile(
    r"\$ARGUMENTS\b|^[ \t>*-]*(?P<run>!`[^`\n]+`)|^(?P<file>@[\w~.-]*[/.][\w./-]+)[ \t]*\r?$", re.MULTILINE
)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    read = definition.body_start
    for cue in _cues(definition):
        line = max(definition.text.rfind("\n", read, cue + 1) + 1, read)
        end = definition.text.find("\n", cue + 1)
        for found in _WANTED.finditer(definition.text, line, end if end >= 0 else len(definition.text)):
            start = found.start(found.lastgroup or 0)
            if definition.structure.is_prose(start, start + 1):
                yield Problem(start, f"nothing takes the place of {shown(found[found.lastgroup or 0])} in an agent")
        read = max(read, end)


def _cues(definition: Definition) -> list[int]:
    """Where something may stand: a plain look is faster than the expression."""
    outside = definition.structure.outside
    return sorted([*outside("$ARGUMENTS", "!`"), *(at for at in outside("@") if definition.text[at - 1] == "\n")])

"""The file does not end with `.md`.

## What it does
Reports a definition called `.MD`, `.markdown`, `.txt` or anything else but `.md`.

## Why
Clients 2.1.197 and 2.1.330 read only `*.md`, in lower case, and say nothing about the others: the agent is not there.

## Bad
```console
$ ls .claude/agents
reviewer.markdown
```

## Good
```console
$ ls .claude/agents
reviewer.md
```

## How to fix
Rename the file.

## Source
Both clients run with each ending.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.files import ENDING, ENDINGS
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO004"
NAME = "file-ending"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent",)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if definition.path.endswith(ENDING):
        return
    path = PurePath(definition.path)
    if path.suffix and path.suffix != ENDING and path.suffix.lower() in ENDINGS:
        yield Problem(0, f"the client reads only `*.md`: rename it to {shown(path.with_suffix(ENDING).name)}")

"""The file name does not end with `.md`.

## What it does
Reports a definition whose name ends with `.MD`, `.markdown`, `.mdc`, `.txt` or another ending.

## Why
Clients 2.1.197 and 2.1.330 read only `*.md` in lower case. They skip other files without a message, so the agent is
missing.

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
Tested with both clients and each ending.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.files import ENDINGS
from acolytes_cc.definitions.kinds import ENDING
from acolytes_cc.lint.printable import quoted
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
        new_name = quoted(path.with_suffix(ENDING).name)
        yield Problem(
            0, f"The client reads only `*.md` files, so it does not load this agent. Rename the file to {new_name}."
        )

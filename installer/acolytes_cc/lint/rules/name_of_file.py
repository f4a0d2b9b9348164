"""The file is not named after the agent.

## What it does
Reports a name that differs from the file's name without its ending.

## Why
Clients 2.1.197 and 2.1.330 go by `name` alone, so a reader who looks for the agent's file does not find it. 19 % of
1,874 published definitions differ.

## Bad
```console
$ head -2 agents/helper.md
---
name: code-reviewer
```

## Good
```console
$ head -2 agents/code-reviewer.md
---
name: code-reviewer
```

## How to fix
Rename the file.

## Source
Both clients run on such a file: only `name` calls it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO118"
NAME = "name-of-file"
SEVERITY: Severity = "info"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "pedantic"
KINDS: Kinds = ("agent",)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("name")
    stem = PurePath(definition.path).stem
    if field is not None and isinstance(field.value.data, str) and field.value.data != stem:
        yield Problem(field.value.span.start, f"the file is called {shown(stem)}, the agent {shown(field.value.data)}")

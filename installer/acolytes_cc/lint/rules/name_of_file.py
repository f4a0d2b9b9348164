"""The file name differs from the agent's name.

## What it does
Reports a name that differs from the file name without its ending.

## Why
Clients 2.1.197 and 2.1.330 use only `name`. People who look for the agent's file do not find it. The names differ in
19 % of 1,874 published definitions.

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
Tested with both clients: only `name` calls the agent.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import quoted
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
        message = (
            f"The file is named {quoted(stem)} but the agent {quoted(field.value.data)}, so it is hard to find. "
            "Rename the file."
        )
        yield Problem(field.value.span.start, message)

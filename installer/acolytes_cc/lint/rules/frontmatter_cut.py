"""A `---` inside a value ends the frontmatter.

## What it does
Reports a closing `---` that does not have a line for itself.

## Why
Clients 2.1.197 and 2.1.330 take the first `---` after the opening one, wherever it stands. The value is cut there,
the fields after it are lost, and the rest leaks into the prompt, all without a message.

## Bad
```yaml
description: Reviews code --- and explains. Use after a change is written.
tools: Read
```

## Good
```yaml
description: Reviews code, and explains. Use after a change is written.
tools: Read
```

## How to fix
Write another dash (`–`, `—`, `--`), or a comma. Quotes do not help.

## Source
Both clients' program text and runs; https://github.com/anthropics/claude-code/pull/89404
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.frontmatter import FENCE
from acolytes_cc.lint.rule import Confidence, Context, Persona, Problem, Severity

CODE = "ACO104"
NAME = "frontmatter-cut"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if definition.block is None:
        return
    closing = definition.block.closing
    line = definition.text[closing + len(FENCE) :].partition("\n")[0]
    if definition.text[closing - 1] not in "\r\n" or line.strip():
        yield Problem(
            closing,
            "this `---` ends the frontmatter, and what follows is part of the prompt; write another dash",
        )

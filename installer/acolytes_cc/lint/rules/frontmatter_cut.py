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

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.frontmatter import FENCE
from acolytes_cc.definitions.source import Span
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity

CODE = "ACO104"
NAME = "frontmatter-cut"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")

_FENCE_LINE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if definition.block is None:
        return
    closing = definition.block.closing
    end = definition.text.find("\n", closing)
    rest = definition.text[closing + len(FENCE) : end if end >= 0 else None]
    if definition.text[closing - 1] not in "\r\n" or rest.strip():
        yield Problem(
            closing,
            "this `---` ends the frontmatter, and what follows is part of the prompt; write another dash",
            _fix(definition.text, closing),
        )


def _fix(text: str, closing: int) -> Fix | None:
    """Another dash, where a line `---` follows that was meant to end the frontmatter."""
    if text[closing - 1] in "\r\n" or not _FENCE_LINE.search(text, closing):
        return None
    dashes = len(text) - closing - len(text[closing:].lstrip("-"))
    return Fix((Edit(Span(closing, closing + dashes), "—"),))

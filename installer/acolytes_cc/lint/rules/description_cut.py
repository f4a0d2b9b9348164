"""A ` #` cuts the description.

## What it does
Reports a `#` after a space in a description without quotes.

## Why
YAML reads the rest of the line as a comment. Clients 2.1.197 and 2.1.330 list the agent with the text before the `#`
only. Client 2.1.330 does the same for a skill. So the text that says when to use it is lost.

## Bad
```yaml
description: Fixes issue #12 and the like. Use when a bug is reported.
```

## Good
```yaml
description: "Fixes issue #12 and the like. Use when a bug is reported."
```

## How to fix
Put the description in quotes.

## Source
Tested with both clients on such a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity

CODE = "ACO106"
NAME = "description-cut"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill", "command")

# A comment for this program is meant as one: `# acolytes: ignore ACO114 -- reason`
_COMMENT = re.compile(r"[ \t]+#(?![ \t]*acolytes:)")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    offset = cut_at(definition)
    if offset is not None:
        yield Problem(
            offset,
            "YAML reads a comment from this `#` on, so the client cuts the description. Put the description in quotes.",
            _fix(definition),
        )


def cut_at(definition: Definition) -> int | None:
    """The offset of the `#` that cuts the description; None when nothing cuts it."""
    field = definition.field("description")
    if field is None or field.value.kind != "string" or field.value.quoted:
        return None
    match = _COMMENT.match(definition.text, field.value.span.end)
    return match.end() - 1 if match else None


def _fix(definition: Definition) -> Fix | None:
    """Put the whole line in quotes; unsafe, because the author may have wanted a comment."""
    field = definition.field("description")
    start = field.value.span.start if field else 0
    line = definition.text[start:].partition("\n")[0].rstrip()
    if field is None or field.value.span.end > start + len(line) or not line.isprintable():
        return None
    escaped = line.replace("\\", "\\\\").replace('"', '\\"')
    return Fix((Edit(Span(start, start + len(line)), f'"{escaped}"'),), safe=False)

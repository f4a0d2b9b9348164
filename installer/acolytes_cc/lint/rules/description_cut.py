"""A ` #` cuts the description.

## What it does
Reports a `#` after a space in a description without quotes.

## Why
YAML takes it for a comment. Clients 2.1.197 and 2.1.330 list the agent, and 2.1.330 a skill, with what stands before
it, so the triggers behind it are lost.

## Bad
```yaml
description: Fixes issue #12 and the like. Use when a bug is reported.
```

## Good
```yaml
description: "Fixes issue #12 and the like. Use when a bug is reported."
```

## How to fix
Quote the description.

## Source
Both clients run on such a file.
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
KINDS: Kinds = ("agent", "plugin-agent", "skill")

_COMMENT = re.compile(r"[ \t]+#")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    offset = cut_at(definition)
    if offset is not None:
        yield Problem(
            offset, "the description ends before this `#`, which YAML takes for a comment; quote it", _fix(definition)
        )


def cut_at(definition: Definition) -> int | None:
    """The offset of the `#` that cuts the description, or None when it is whole."""
    field = definition.field("description")
    if field is None or field.value.kind != "string" or field.value.quoted:
        return None
    found = _COMMENT.match(definition.text, field.value.span.end)
    return found.end() - 1 if found else None


def _fix(definition: Definition) -> Fix | None:
    """The whole line in quotes; unsafe, for it may be a comment that was meant."""
    field = definition.field("description")
    start = field.value.span.start if field else 0
    line = definition.text[start:].partition("\n")[0].rstrip()
    if field is None or field.value.span.end > start + len(line) or not line.isprintable():
        return None
    escaped = line.replace("\\", "\\\\").replace('"', '\\"')
    return Fix((Edit(Span(start, start + len(line)), f'"{escaped}"'),), safe=False)

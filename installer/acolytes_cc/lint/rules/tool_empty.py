"""A comma has no tool beside it.

## What it does
Reports a comma at the start or end of `tools` or `disallowedTools`, and two commas in a row.

## Why
Clients 2.1.197 and 2.1.330 skip the empty entry. Often an edit removed a tool and left the comma.

## Bad
```yaml
tools: Read, Bash,
```

## Good
```yaml
tools: Read, Bash
```

## How to fix
Remove the comma. Check whether a tool is missing.

## Source
One of the 60 definitions of the published `acolytes` package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity

CODE = "ACO213"
NAME = "tool-empty"
SEVERITY: Severity = "info"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")

_EMPTY = re.compile(r",(?:(?=[ \t]*(?:,|[\"']?\Z))|(?<=\A,)|(?<=\A[\"'],))")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    for key in ("tools", "disallowedTools"):
        field = definition.field(key)
        if field is None or field.value.kind != "string":
            continue
        start, end = field.value.span
        for match in _EMPTY.finditer(definition.text[start:end]):
            comma = Span(start + match.start(), start + match.end())
            yield Problem(
                comma.start,
                "No tool beside this comma. The client skips the empty entry. Remove the comma.",
                Fix((Edit(comma, ""),)),
            )

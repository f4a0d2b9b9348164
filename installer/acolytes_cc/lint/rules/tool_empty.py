"""A comma in the list of tools has no tool beside it.

## What it does
Reports a comma that begins or ends `tools` or `disallowedTools`, or follows another.

## Why
Clients 2.1.197 and 2.1.330 skip the empty entry. It is often what an edit left behind that took a tool away.

## Bad
```yaml
tools: Read, Bash,
```

## Good
```yaml
tools: Read, Bash
```

## How to fix
Remove the comma, and look whether a tool is missing.

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
        for found in _EMPTY.finditer(definition.text[start:end]):
            comma = Span(start + found.start(), start + found.end())
            yield Problem(comma.start, "this comma has no tool beside it", Fix((Edit(comma, ""),)))

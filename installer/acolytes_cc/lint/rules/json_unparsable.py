"""The file is no JSON.

## What it does
Reports where reading fails: a trailing comma, a comment, a missing quote; and a file whose value is no object.

## Why
Of a settings.json with one trailing comma clients 2.1.197 and 2.1.330 ignore all: `env`, hooks, and `permissions.deny`.
They say nothing in `-p`. A manifest or hooks.json that does not parse keeps the plugin or its hooks from loading.

## Bad
```json
{"permissions": {"deny": ["Bash(rm *)"],}}
```

## Good
```json
{"permissions": {"deny": ["Bash(rm *)"]}}
```

## How to fix
Mend the place. JSON has no comments and no trailing commas.

## Source
Both clients run: an agent that `permissions.deny` named was started.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.fields import Value
from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.source import Span
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity

CODE = "ACO510"
NAME = "json-unparsable"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("settings", "hooks", "plugin", "marketplace", "mcp")

_STRING_OR_TRAILING = re.compile(r'"(?:[^"\\]|\\[\s\S])*(?:"|\Z)|(?P<comma>,)(?=\s*[}\]])')
_LOST = {
    "settings": "the client ignores all of it, `permissions.deny` included",
    "hooks": "the plugin's hooks do not load",
    "plugin": "the plugin does not load",
    "marketplace": "the marketplace cannot be added",
    "mcp": "none of its servers starts",
}


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    if document.unloadable is not None:
        return
    if isinstance(document.root, Value):
        if document.root.kind != "map":
            yield Problem(document.root.span.start, f"the file holds no object, so {_LOST[document.kind]}")
        return
    offset, message = document.root.offset, document.root.message
    comma = document.text.rfind(",", 0, offset + 1)
    trailing = [found.start() for found in _STRING_OR_TRAILING.finditer(document.text) if found["comma"]]
    if comma in trailing and not document.text[comma + 1 : offset].strip():
        fix = Fix(tuple(Edit(Span(at, at + 1), "") for at in trailing))
        yield Problem(comma, f"a trailing comma is no JSON, so {_LOST[document.kind]}", fix)
    else:
        yield Problem(offset, f"this is no JSON ({message}), so {_LOST[document.kind]}")

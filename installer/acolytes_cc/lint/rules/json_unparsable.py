"""The file is not valid JSON.

## What it does
Reports what is not JSON, such as a trailing comma, a comment or a missing quote, at the place to change: a missing
comma behind the value before it, a bracket that is never closed where it opens. Also reports a file whose value is not
an object.

## Why
One trailing comma in settings.json is enough: clients 2.1.197 and 2.1.330 ignore `env`, the hooks and
`permissions.deny`. In `claude -p` they give no message. If a manifest or hooks.json is invalid, the plugin or its hooks
do not load. With invalid managed settings, client 2.1.332 does not start.

## Bad
```json
{"permissions": {"deny": ["Bash(rm *)"],}}
```

## Good
```json
{"permissions": {"deny": ["Bash(rm *)"]}}
```

## How to fix
Follow the message. JSON has no comments and no trailing commas. `--fix` removes trailing commas, adds missing ones, and
writes `true`, `false` and `null` for `True`, `False` and `None`.

## Source
Tested with both clients: an agent that `permissions.deny` named was started. Managed settings were tried by
`bench/client_truth --kind managed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.places import is_managed
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.json_errors import json_error

CODE = "ACO510"
NAME = "json-unparsable"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("settings", "hooks", "plugin", "marketplace", "mcp", "keybindings")

_STRING_OR_TRAILING = re.compile(r'"(?:[^"\\]|\\[\s\S])*(?:"|\Z)|(?P<comma>,)(?=\s*[}\]])')
_EFFECT = {
    "settings": "the client ignores the whole file, including `permissions.deny`",
    "hooks": "the plugin's hooks do not load",
    "plugin": "the plugin does not load",
    "marketplace": "the marketplace cannot be added",
    "mcp": "none of its servers start",
    "keybindings": "the client ignores all bindings of this file",
}


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    if document.unloadable is not None or (document.kind == "settings" and not document.text.strip()):
        return
    effect = "the client does not start" if is_managed(document.path) else _EFFECT[document.kind]
    if isinstance(document.root, Value):
        if document.root.kind != "map":
            yield Problem(
                document.root.span.start,
                f"The file must be a JSON object. Until this is fixed, {effect}.",
            )
        return
    if document.root.exceeds_limit:
        yield Problem(0, f"This JSON was not checked: {document.root.message}. Make it flatter.")
        return
    offset = document.root.offset
    comma = document.text.rfind(",", 0, offset + 1)
    trailing = [match.start() for match in _STRING_OR_TRAILING.finditer(document.text) if match["comma"]]
    if comma in trailing and not document.text[comma + 1 : offset].strip():
        fix = Fix(tuple(Edit(Span(at, at + 1), "") for at in trailing))
        yield Problem(comma, f"JSON has no trailing commas, so {effect}. Remove the comma.", fix)
    else:
        error = json_error(document.text, document.root)
        how_to_fix = f" {error.how_to_fix}" if error.how_to_fix else ""
        yield Problem(
            error.offset, f"Invalid JSON: {error.words}.{how_to_fix} Until this is fixed, {effect}.", error.fix
        )

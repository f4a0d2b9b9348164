"""The name of a marketplace is reserved.

## What it does
Reports names of marketplaces that the client keeps for Anthropic or for itself. A marketplace whose owner is
`Anthropic` is left out.

## Why
Client 2.1.332 does not add a marketplace with such a name, unless it comes from Anthropic's organization on GitHub.

## Bad
```json
{"name": "claude-plugins"}
```

## Good
```json
{"name": "acme-plugins"}
```

## How to fix
Choose a name that does not look official.

## Source
Tested with client 2.1.332: 26 names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO524"
NAME = "marketplace-name"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("marketplace",)

_OWNER = "Anthropic"
_RESERVED = frozenset(
    (
        *("agent-skills", "anthropic-marketplace", "anthropic-plugins", "builtin", "claude-code-marketplace"),
        *("claude-code-plugins", "claude-community", "claude-plugins-official", "financial-services-plugins"),
        *("healthcare", "inline", "knowledge-work-plugins", "life-sciences"),
    )
)
_LOOKS_OFFICIAL = re.compile(
    r"(?:official-(?:claude|anthropic).*|(?:claude|anthropic)-official.*|claude-(?:plugins|marketplace))", re.IGNORECASE
)


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    field = document.field("name")
    name = field.value.data if field else None
    owner = document.field("owner")
    if owner and (by := owner.value.member("name")) and by.value.data == _OWNER:
        return
    if field and isinstance(name, str) and (name in _RESERVED or _LOOKS_OFFICIAL.fullmatch(name)):
        message = (
            f"The name {quoted(name)} is kept for Anthropic, so others cannot add the marketplace. Choose another."
        )
        yield Problem(field.value.span.start, message)

"""A manifest has a missing or invalid value.

## What it does
Checks plugin.json, marketplace.json, hooks.json and .mcp.json against their schemas.

## Why
Client 2.1.330 does not load a plugin whose manifest has a value of the wrong type. It cannot add a marketplace without
`name`, `owner` or `plugins`.

## Bad
```json
{"name": "my plugin", "keywords": "lint"}
```

## Good
```json
{"name": "my-plugin", "keywords": ["lint"]}
```

## How to fix
Write what the message asks for. The schemas are `schemas/*.schema.json`.

## Source
https://code.claude.com/docs/en/plugins-reference; `claude plugin validate` of 2.1.330.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.kinds import Kind
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.schema_errors import schema_errors

CODE = "ACO520"
NAME = "manifest-value"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("hooks", "plugin", "marketplace", "mcp")

_EFFECT: dict[Kind, str] = {
    "plugin": "the plugin does not load",
    "marketplace": "the marketplace cannot be added",
}


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    if not isinstance(document.root, Value) or document.root.kind != "map":
        return
    for offset, keys, words in schema_errors(document.root, f"{document.kind}.schema.json"):
        # The rule hook-shape checks the hooks.
        if keys[:1] != ("hooks",):
            yield Problem(offset, _message(words, keys, document.kind))
    servers = document.field("mcpServers") if document.kind == "mcp" else None
    for server in servers.value.fields if servers else ():
        if server.value.kind == "map" and not (server.value.member("command") or server.value.member("url")):
            message = f"The server {quoted(server.key)} never starts. Give it a `command` or a `url`."
            yield Problem(server.span.start, message)


def _message(words: str, keys: tuple[str, ...], kind: Kind) -> str:
    key = f"`{keys[-1]}`" if keys else "The file"
    error = f"{key} {words}" if words.startswith("must") else f"In {key}, {words}" if keys else words
    return f"{error}. Until this is fixed, {_EFFECT[kind]}." if kind in _EFFECT else f"{error}."

"""The client does not start an MCP server.

## What it does
Checks each server in .mcp.json and in the `mcpServers` of a plugin's manifest.

## Why
Client 2.1.332 drops a server whose values are wrong, and starts the others. A `url` without `type` is such a mistake:
the client then expects a `command`. In plugin.json, one such server keeps the whole plugin from loading.

## Bad
```json
{"mcpServers": {"docs": {"url": "https://example.org/mcp"}}}
```

## Good
```json
{"mcpServers": {"docs": {"type": "http", "url": "https://example.org/mcp"}}}
```

## How to fix
Give a local server a `command`, and a remote one a `type` and a `url`. Values of `env` and `headers` are strings.

## Source
Tested with client 2.1.332: 45 servers, in .mcp.json of a project and of a plugin.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.kinds import plugin_root
from acolytes_cc.definitions.values import Field, Value
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.mcp_servers import server_problems

CODE = "ACO522"
NAME = "mcp-server"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("mcp", "plugin")


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    effect = "the plugin does not load" if document.kind == "plugin" else "this server does not start"
    for server in _servers(document):
        for offset, keys, words in server_problems(server.value):
            part = f"`{'.'.join(keys)}` of the server" if keys else "The server"
            place = server.span.start if words.startswith("is missing") else offset
            yield Problem(place, f"{part} {quoted(server.key)} {words}. Until this is fixed, {effect}.")


def _servers(document: JsonDocument) -> tuple[Field, ...]:
    field = document.field("mcpServers")
    if field is not None:
        return field.value.fields
    is_flat = document.kind == "mcp" and plugin_root(Path(document.path).parent) is not None
    return document.root.fields if is_flat and isinstance(document.root, Value) else ()

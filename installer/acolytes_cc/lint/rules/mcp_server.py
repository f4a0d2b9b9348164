"""The client does not start an MCP server.

## What it does
Checks each server in .mcp.json and in the `mcpServers` of a plugin's manifest.

## Why
Client 2.1.332 drops a server whose values are wrong, and starts the others. A `url` without `type` is such a mistake:
the client then expects a `command`. In plugin.json, one such server keeps the whole plugin from loading. Some names are
kept for servers of the client itself. It drops a project's server of such a name.

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
Tested with client 2.1.332: each key with 14 values, in .mcp.json of a project and of a plugin, and 30 names.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.values import Field
from acolytes_cc.lint.context.declared_servers import declared_servers, in_plugin
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.mcp_servers import RESERVED_NAMES, server_problems

CODE = "ACO522"
NAME = "mcp-server"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("mcp", "plugin")


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    effect = "the plugin does not load" if document.kind == "plugin" else "this server does not start"
    is_project = document.kind == "mcp" and not in_plugin(document)
    for server in declared_servers(document):
        if is_project and server.key in RESERVED_NAMES:
            message = f"The name {quoted(server.key)} is kept for a server of the client, so this one does not start."
            yield Problem(server.span.start, f"{message} Choose another.")
            continue
        for offset, keys, words, _ in server_problems(server.value):
            part = f"`{'.'.join(keys)}` of the server" if keys else "The server"
            place = server.span.start if words.startswith("is missing") else offset
            fix = _typed(server) if keys == ("type",) and words.startswith("is missing") else None
            yield Problem(place, f"{part} {quoted(server.key)} {words}. Until this is fixed, {effect}.", fix)


def _typed(server: Field) -> Fix | None:
    """The fix that says how to reach a URL: by HTTP, unless its last part is the name of the older way."""
    url = server.value.member("url")
    if url is None:
        return None
    way = "sse" if str(url.value.data).rstrip("/").endswith("/sse") else "http"
    return Fix((Edit(Span(url.span.start, url.span.start), f'"type": "{way}", '),), safe=False)

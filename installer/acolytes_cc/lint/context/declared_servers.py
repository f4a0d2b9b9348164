"""The MCP servers that a file declares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.kinds import plugin_root
from acolytes_cc.definitions.values import Field, Value

REMOTE = ("http", "sse", "ws", "streamable-http")
"""The values of `type` with which the client connects to a URL."""


def declared_servers(document: JsonDocument) -> Iterator[Field]:
    """Each server of a `.mcp.json` or of a plugin's manifest. A plugin's file may have them at its top."""
    field = document.field("mcpServers")
    if field is not None:
        for value in (field.value, *field.value.items):
            yield from value.fields
    elif document.kind == "mcp" and isinstance(document.root, Value) and in_plugin(document):
        yield from document.root.fields


def in_plugin(document: JsonDocument) -> bool:
    """Return whether the file belongs to a plugin."""
    return plugin_root(Path(document.path).parent) is not None


def is_remote(server: Value) -> bool:
    """Return whether the client connects to a URL, and starts no command."""
    declared = server.member("type")
    return declared is not None and declared.value.data in REMOTE

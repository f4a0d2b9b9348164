"""Why the client does not start an MCP server that a file declares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.support.declared_types import WrongValue, wrong_values

_REMOTE = ("http", "sse", "ws", "streamable-http")
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_ANY: dict[str, Any] = {"type": {"enum": ["stdio", *_REMOTE]}, "timeout": {"type": "number"}}
_LOCAL = {
    "type": "object",
    "required": ["command"],
    "properties": {
        **_ANY,
        "command": {"type": "string", "minLength": 1},
        "args": {"type": "array", "items": {"type": "string"}},
        "env": _TEXTS,
    },
}
_WITH_URL = {
    "type": "object",
    "required": ["url"],
    "properties": {**_ANY, "url": {"type": "string"}, "headers": _TEXTS},
}


def server_problems(server: Value) -> Iterator[WrongValue]:
    """What is wrong with one server: client 2.1.332 drops a server with any of this, and keeps the others."""
    declared = server.member("type")
    if declared is None and server.member("url") and not server.member("command"):
        yield WrongValue(server.span.start, ("type",), 'is missing: a `url` needs `"type": "http"`')
    elif declared is not None and declared.value.data in _REMOTE:
        yield from wrong_values(server, _WITH_URL)
    else:
        yield from wrong_values(server, _LOCAL)

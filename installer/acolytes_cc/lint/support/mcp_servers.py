"""Why the client does not start an MCP server that a file declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.context.declared_servers import REMOTE, is_remote
from acolytes_cc.lint.support.declared_types import WrongValue, wrong_values

RESERVED_NAMES = ("workspace", "claude-in-chrome", "computer-use", "Claude Preview", "__proto__")
"""Names that client 2.1.332 keeps for servers of its own, so it drops a project's server of that name."""

_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_COUNT = {"type": "integer", "exclusiveMinimum": 0}
_ANY: dict[str, Any] = {"type": {"enum": ["stdio", *REMOTE]}, "timeout": _COUNT, "alwaysLoad": {"type": "boolean"}}
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
_OAUTH = {
    "type": "object",
    "properties": {
        "clientId": {"type": "string"},
        "callbackPort": _COUNT,
        "authServerMetadataUrl": {"type": "string"},
        "scopes": {"type": "string"},
    },
}
_TOOL = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "permission_policy": {"enum": ["always_allow", "always_ask", "always_deny"]},
    },
}
_WITH_URL = {
    "type": "object",
    "required": ["url"],
    "properties": {
        **_ANY,
        "url": {"type": "string"},
        "headers": _TEXTS,
        "headersHelper": {"type": "string"},
        "oauth": _OAUTH,
        "tools": {"type": "array", "items": _TOOL},
        "toolPermissions": {"type": "object", "additionalProperties": {"enum": ["allow", "ask"]}},
    },
}
_HTTPS = re.compile(r"\s*https:[/\\]*[^\s/\\]", re.IGNORECASE)


def server_problems(server: Value) -> Iterator[WrongValue]:
    """What is wrong with one server: client 2.1.332 drops a server with any of this, and keeps the others."""
    if is_remote(server):
        yield from wrong_values(server, _WITH_URL)
        oauth = server.member("oauth")
        metadata = oauth.value.member("authServerMetadataUrl") if oauth else None
        if metadata and isinstance(metadata.value.data, str) and not _HTTPS.match(metadata.value.data):
            place = metadata.value.span.start
            yield WrongValue(place, ("oauth", "authServerMetadataUrl"), "must be a URL with https")
    elif server.member("type") is None and server.member("url") and not server.member("command"):
        yield WrongValue(server.span.start, ("type",), 'is missing: a `url` needs `"type": "http"`')
    else:
        kind = server.member("type")
        is_odd = kind is not None and kind.value.data != "stdio"  # then what must be there is not known
        is_local = server.member("command") or not server.member("url") or not is_odd
        yield from wrong_values(server, _LOCAL if is_local else _WITH_URL)

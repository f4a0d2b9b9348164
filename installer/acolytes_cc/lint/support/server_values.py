"""Which configurations of an MCP server the client takes, in an agent's `mcpServers` as in a file `.mcp.json`.

Seen in client 2.1.332: with a value of the wrong type, it drops the server.
"""

from __future__ import annotations

import os

from acolytes_cc.definitions.values import Value

RESERVED_NAMES = ("ide", "workspace")
_WITH_URL = ("http", "sse", "ws", "streamable-http")
_TYPES = ("stdio", *_WITH_URL)
# Programs that start a server: with a space in the command, the next word is an argument
_LAUNCHERS = frozenset(
    {
        *("npx", "node", "npm", "bunx", "bun", "deno", "python", "python3", "uv", "uvx", "pipx"),
        *("docker", "bash", "sh", "go"),
    }
)


def server_problem(server: Value) -> tuple[int, str] | None:
    """Return where a configuration is wrong, and what it must be; None for one that the client takes."""
    if server.kind != "map":
        return server.span.start, "it must be a map with `command` or `url`"
    kind = server.member("type")
    if kind is not None and kind.value.data not in _TYPES:
        return kind.span.start, f"`type` must be one of {', '.join(_TYPES)}"
    has_url = kind is not None and kind.value.data in _WITH_URL
    needed = "url" if has_url else "command"
    required = server.member(needed)
    if required is None:
        only_url = not has_url and server.member("url")
        return server.span.start, "with a `url`, it needs `type: http`" if only_url else f"`{needed}` is missing"
    if required.value.kind != "string" or not required.value.data:
        return required.span.start, f"`{needed}` must be a string that is not empty"
    return _wrong_option(server)


def shell_words(server: Value) -> int | None:
    """Return where a command has its arguments in the same string: the client runs no shell. None elsewhere."""
    command = server.member("command")
    words = str(command.value.data).split() if command else []
    is_split = len(words) > 1 and os.path.basename(words[0]) in _LAUNCHERS
    return command.value.span.start if command is not None and is_split else None


def _wrong_option(server: Value) -> tuple[int, str] | None:
    for field in server.fields:
        value = field.value
        if field.key == "args" and (value.kind != "list" or any(item.kind != "string" for item in value.items)):
            return field.span.start, "`args` must be a list of strings"
        is_map = value.kind == "map" and all(inner.value.kind == "string" for inner in value.fields)
        if field.key in ("env", "headers") and not is_map:
            return field.span.start, f"the values of `{field.key}` must be strings"
        if field.key == "timeout" and value.kind != "number":
            return field.span.start, "`timeout` must be a number"
    return None

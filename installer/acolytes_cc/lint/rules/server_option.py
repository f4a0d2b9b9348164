"""The client ignores an option of an MCP server.

## What it does
Reports keys of a server that other products have and the client ignores, such as `cwd`, `disabled` and `autoApprove`.
Also reports `env` and `args` of a server with a URL, and `headers` of a command.

## Why
Client 2.1.332 starts every server of the file in the folder of the session. It starts one with `"disabled": true`, too,
and an `autoApprove` allows no tool. There is no message.

## Bad
```json
{"mcpServers": {"docs": {"command": "npx", "args": ["docs-server"], "disabled": true}}}
```

## Good
```json
{"disabledMcpjsonServers": ["docs"]}
```

## How to fix
Do what the message says, or remove the key.

## Source
Tested with client 2.1.332: each key with 14 values. No server was dropped for one of these keys, and each was started
in the folder of the session.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.values import Field
from acolytes_cc.lint.context.declared_servers import declared_servers, is_remote
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO528"
NAME = "server-option"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("mcp", "plugin")

_ALLOW = "Allow its tools in `permissions.allow` of settings.json."
_DENY = "Deny its tools in `permissions.deny` of settings.json."
_OFF = "Name the server in `disabledMcpjsonServers` of settings.json."
_TIME = "Write `timeout` in milliseconds."
_VARIABLES = "Write the variables into `env`."
_URL = "Write `url` and `type`."
_OF_COMMANDS = ("command", "args", "env")
_OF_URLS = ("url", "headers", "headersHelper", "oauth")
_DEFAULTS = (("disabled", False), ("enabled", True), ("trust", False), ("cwd", "."), ("transport", "stdio"))
_HINTS = {
    "cwd": "The server starts in the folder of the session. Use whole paths.",
    **dict.fromkeys(("disabled", "enabled"), _OFF),
    **dict.fromkeys(("autoApprove", "alwaysAllow", "allowedTools", "includeTools", "trust"), _ALLOW),
    **dict.fromkeys(("disabledTools", "excludeTools"), _DENY),
    **dict.fromkeys(("envFile", "env_file", "env_vars"), _VARIABLES),
    **dict.fromkeys(("requestTimeout", "toolTimeout", "tool_timeout_sec", "startup_timeout_sec"), _TIME),
    **dict.fromkeys(("serverUrl", "httpUrl"), _URL),
    "transport": "Write `type`.",
}


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    for server in declared_servers(document):
        remote = is_remote(server.value)
        if not remote and not server.value.member("command"):
            continue  # the rule mcp-server says what is missing
        for field in server.value.fields:
            if field.key in (_OF_COMMANDS if remote else _OF_URLS) and not _is_empty(field):
                kind = "a URL" if remote else "a command"
                yield Problem(field.span.start, f"The client ignores `{field.key}` of a server with {kind}. Remove it.")
            elif field.key in _HINTS and not _is_empty(field) and (field.key, field.value.data) not in _DEFAULTS:
                yield Problem(field.span.start, f"The client ignores `{field.key}` of a server. {_HINTS[field.key]}")


def _is_empty(field: Field) -> bool:
    return field.value.data is None and not field.value.items and not field.value.fields

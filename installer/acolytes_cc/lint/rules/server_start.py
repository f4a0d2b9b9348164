"""An MCP server cannot be started or reached.

## What it does
Checks the `command`, the `url` and the names of `headers` of each server in .mcp.json and in a plugin's manifest.

## Why
Client 2.1.332 starts the command without a shell. So it looks for a program whose name is the whole text: arguments
in it, `~` and `$HOME` are part of that name. A `url` without `http://` or `https://` is not valid for it. The server
has the status "failed", and its tools are missing. In `claude -p` there is no message.

## Bad
```json
{"mcpServers": {"docs": {"command": "npx -y docs-server"}}}
```

## Good
```json
{"mcpServers": {"docs": {"command": "npx", "args": ["-y", "docs-server"]}}}
```

## How to fix
Put arguments into `args`. Write `${HOME}` for the home folder. Give a URL its scheme.

## Source
Tested with client 2.1.332: 9 commands and 19 URLs, in .mcp.json of a project and of a plugin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.context.declared_servers import declared_servers, is_remote
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO526"
NAME = "server-start"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("mcp", "plugin")

_URL = re.compile(r"\s*(?P<scheme>https?|wss?):[/\\]*[^\s/\\?#]+(?:[/\\?#]|\s*\Z)", re.IGNORECASE)
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_ARGUMENT = re.compile(r"\s+-")
_HOME = re.compile(r"~(?=/)|\$HOME(?=/)")


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    for server in declared_servers(document):
        problems = _remote(server.value) if is_remote(server.value) else _local(server.value)
        for value, words in problems:
            yield Problem(value.span.start, f"The server {quoted(server.key)} does not start: {words}")


def _local(server: Value) -> Iterator[tuple[Value, str]]:
    command = server.member("command")
    text = command.value.data if command else None
    if command is None or not isinstance(text, str):
        return
    if home := _HOME.match(text):
        yield command.value, f"the client does not replace `{home[0]}`. Write `${{HOME}}`."
    elif text != text.strip():
        yield command.value, "the name of the program has a space at its end. Remove it."
    elif len(text.split()) > 1 and ("/" not in text.split()[0] or _ARGUMENT.search(text)):
        yield command.value, f"{quoted(text)} is taken for the name of one program. Put the arguments into `args`."


def _remote(server: Value) -> Iterator[tuple[Value, str]]:
    url = server.member("url")
    text = url.value.data if url else None
    if url is not None and isinstance(text, str) and "${" not in text:
        match, kind = _URL.match(text), server.member("type")
        if match is None or (match["scheme"].lower().startswith("ws") and kind and kind.value.data != "ws"):
            yield url.value, "its `url` must be a whole one, such as `https://example.org/mcp`."
    headers = server.member("headers")
    for header in headers.value.fields if headers else ():
        if not _HEADER.fullmatch(header.key):
            yield header.value, f"{quoted(header.key)} is not a valid name of a header."

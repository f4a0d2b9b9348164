"""The client does not replace a variable of an MCP server.

## What it does
Reports variables in .mcp.json and in the servers of a plugin's manifest that stay as they are: `$KEY` without braces,
`${env:KEY}`, `${KEY-value}`, and `${CLAUDE_PLUGIN_ROOT}` outside of plugins. In a project's file, also
`${CLAUDE_PROJECT_DIR}`.

## Why
Client 2.1.332 replaces `${NAME}` and `${NAME:-value}`, if the variable is set when the client starts. The server gets
every other text as it is, so a key or a path is wrong. The folder of the project is in no variable at that time.

## Bad
```json
{"mcpServers": {"docs": {"type": "http", "url": "https://example.org/mcp", "headers": {"X-Key": "$DOCS_KEY"}}}}
```

## Good
```json
{"mcpServers": {"docs": {"type": "http", "url": "https://example.org/mcp", "headers": {"X-Key": "${DOCS_KEY}"}}}}
```

## How to fix
Write the variable as the message says.

## Source
Tested with client 2.1.332: a server that writes down its arguments and variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.context.declared_servers import declared_servers, in_plugin, is_remote
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO533"
NAME = "server-variable"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("mcp", "plugin")

_PLAIN = re.compile(r"(?<![\w$\\{])\$(?P<name>[A-Z_][A-Z0-9_]+)(?![\w$])")
_OTHER_FORM = re.compile(r"\$\{(?:env[:.]|\w+(?=[-+?=]|:(?!-)))(?P<name>\w*)[^}]*\}")
_FOLDER = re.compile(r"\$\{(?P<name>CLAUDE_PROJECT_DIR|CLAUDE_PLUGIN_ROOT|CLAUDE_PLUGIN_DATA|workspaceFolder)\}")


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    plugin = document.kind == "plugin" or in_plugin(document)
    for server in declared_servers(document):
        for value in _texts(server.value):
            words = _problem(str(value.data), plugin=plugin)
            if words:
                yield Problem(value.span.start, words)


def _texts(server: Value) -> Iterator[Value]:
    """The texts in which the client replaces variables, without those that a shell may read."""
    keys = ("url", "headers") if is_remote(server) else ("command", "args", "env")
    command = server.member("command")
    has_shell = command is not None and str(command.value.data).rsplit("/", 1)[-1] in ("sh", "bash", "zsh", "cmd")
    for key in keys:
        field = server.member(key)
        if field is None or (key == "args" and has_shell):
            continue
        values = (field.value, *field.value.items, *(inner.value for inner in field.value.fields))
        yield from (value for value in values if value.kind == "string" and "$" in str(value.data))


def _problem(text: str, *, plugin: bool) -> str | None:
    if form := _OTHER_FORM.search(text):
        return f"The client does not replace {quoted(form[0])}: it knows only `${{NAME}}` and `${{NAME:-value}}`."
    if plain := _PLAIN.search(text):
        return f"The client does not replace {quoted(plain[0])}. Write `${{{plain['name']}}}`."
    folder = _FOLDER.search(text)
    if folder is None or (plugin and folder["name"] != "workspaceFolder"):
        return None
    if folder["name"] == "CLAUDE_PROJECT_DIR" and not plugin:
        return f"The client does not replace `{folder[0]}` in this file. Write `${{CLAUDE_PROJECT_DIR:-.}}`."
    if folder["name"] == "workspaceFolder":
        return f"The client does not replace `{folder[0]}`. Write a path from the folder of the project."
    return f"The client replaces `{folder[0]}` only in plugins. Write a path from the folder of the project."

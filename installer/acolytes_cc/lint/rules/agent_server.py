"""The client does not start an MCP server of the agent.

## What it does
Reports an entry of an agent's `mcpServers` that the client drops: without a configuration or with an invalid one, with
two names, or with a reserved name.

## Why
Client 2.1.332 starts the agent without the server. Nobody sees a message, except in the debug log.

## Bad
```yaml
mcpServers:
  - docs: {url: "https://example.com/mcp"}
```

## Good
```yaml
mcpServers:
  - docs: {type: http, url: "https://example.com/mcp"}
  - shared # a server of .mcp.json
```

## How to fix
Write what the message says. For a server that is configured elsewhere, write its name alone.

## Source
Tested with 2.1.332: each of these entries, and the tools that the agent then had.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.values import Field, Value
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.server_values import RESERVED_NAMES, server_problem, shell_words

CODE = "ACO214"
NAME = "agent-server"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent",)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("mcpServers")
    for item in field.value.items if field else ():
        if item.kind == "map":
            yield from _problems(item)


def _problems(item: Value) -> Iterator[Problem]:
    if len(item.fields) != 1:
        message = "An entry of `mcpServers` must have one name, so the client drops it. Write one per server."
        yield Problem(item.span.start, message)
        return
    server = item.fields[0]
    if server.key in RESERVED_NAMES:
        yield Problem(
            server.span.start, f"The client skips the server {quoted(server.key)}: the name is reserved. Rename it."
        )
    elif server.value.kind == "null" or not (server.value.fields or server.value.kind != "map"):
        yield Problem(
            server.span.start,
            f"{quoted(server.key)} has no configuration, so the client drops it. "
            f"For a server that is configured elsewhere, write `- {server.key}`.",
        )
    else:
        yield from _of_configuration(server)


def _of_configuration(server: Field) -> Iterator[Problem]:
    problem = server_problem(server.value)
    if problem is not None:
        yield Problem(problem[0], f"The client drops the server {quoted(server.key)}: {problem[1]}.")
        return
    offset = shell_words(server.value)
    if offset is not None:
        yield Problem(
            offset,
            f"The client cannot start the server {quoted(server.key)}: it runs no shell. "
            "Write the program in `command`, and the other words in `args`.",
        )

"""An MCP server is listed by its bare name.

## What it does
Reports entries of `tools` that name an MCP server: one that the definition's own `mcpServers` names, or a
well-known one.

## Why
Clients 2.1.197 and 2.1.330 match MCP tools only with their prefix. The bare name gives nothing, even with the server
connected, and there is no message. In 60 published definitions 195 entries are of this kind.

## Bad
```yaml
tools: Read, context7
```

## Good
```yaml
tools: Read, mcp__context7
```

## How to fix
Write `mcp__server` for all its tools, or `mcp__server__tool` for one. The server must be configured: by `mcpServers`
in the frontmatter, in `.mcp.json`, or by a plugin.

## Source
Both clients run with the servers connected: `context7` gave nothing, `mcp__context7__*` all its tools.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_list_fixes import rename_entry
from acolytes_cc.lint.support.toolbox import Outcome

CODE = "ACO203"
NAME = "tool-bare-mcp-server"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    for found in context.toolbox.entries:
        if found.outcome is Outcome.SERVER:
            name = f"mcp__{found.tool}"
            is_declared = found.tool in context.toolbox.declared_servers
            yield Problem(
                found.entry.span.start,
                f"{shown(found.tool)} is an MCP server, no tool: nothing arrives; write {shown(name)}",
                rename_entry(definition, found.entry, name, safe=is_declared),
            )

"""An MCP server is listed without its prefix.

## What it does
Reports an entry of `tools` that is the name of an MCP server. The server is in the definition's own `mcpServers`, or
it is a well-known one.

## Why
Clients 2.1.197 and 2.1.330 match the tools of an MCP server only with the prefix. The bare name gives no tool, even
when the server is connected. There is no message. In 60 published definitions, 195 entries have this mistake.

## Bad
```yaml
tools: Read, context7
```

## Good
```yaml
tools: Read, mcp__context7
```

## How to fix
Write `mcp__server` for all its tools, or `mcp__server__tool` for one. The server must be configured: in `mcpServers`
of the frontmatter, in `.mcp.json`, or by a plugin.

## Source
Tested with both clients: with the servers connected, `context7` gave no tool and `mcp__context7__*` gave all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.context.toolbox import Outcome
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_list_fixes import rename_entry
from acolytes_cc.lint.support.tool_lists import by_cause, listed, merged

CODE = "ACO203"
NAME = "tool-bare-mcp-server"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    toolbox = context.toolbox
    if toolbox.other_product:  # the rule `tool-unknown` reports such a list as a whole
        return
    declared = toolbox.declared_servers
    found = [(one.tool in declared, one.entry) for one in toolbox.with_outcome(Outcome.SERVER)]
    for is_declared, entries in by_cause(found, context, CODE, NAME):
        servers, names = listed(entry.name for entry in entries), listed(f"mcp__{entry.name}" for entry in entries)
        what = (
            f"{servers} is an MCP server, not a tool, so the agent gets none of its tools."
            if len(entries) == 1
            else f"{servers} are MCP servers, not tools, so the agent gets none of their tools."
        )
        fixes = [rename_entry(definition, entry, f"mcp__{entry.name}", safe=is_declared) for entry in entries]
        yield Problem(entries[0].span.start, f"{what} Write {names}.", merged(fixes))

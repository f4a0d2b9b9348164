"""An MCP server is not configured.

## What it does
Reports MCP servers that an agent in a `.claude` folder names in `tools` (`mcp__server`) or in `mcpServers`, and that
nothing configures. The rule looks in the agent itself, in the linted files, in `.mcp.json` of the project and in
`~/.claude.json`. It skips servers of plugins (`mcp__plugin_...`).

## Why
Clients 2.1.197 and 2.1.330 start the agent without the server's tools. Client 2.1.330 writes a WARN line to the debug
file.

## Bad
```yaml
tools: Read, mcp__contxt7
```

## Good
```yaml
tools: Read, mcp__context7
mcpServers:
  - context7:
      command: npx
      args: ["-y", "@upstash/context7-mcp"]
```

## How to fix
Correct the name. Or configure the server for everybody who uses the agent.

## Source
Tested with both clients and an unknown server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.context.toolbox import tool_prefix
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO406"
NAME = "server-missing"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)

_LACKS = "the agent lacks its tools"
_REMOVES_NOTHING = "this entry removes no tool"
_HOW_TO_FIX = "Correct the name, or configure the server."


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    in_run = {server for file in project.files if file.kind in ("mcp", "plugin") for server in file.own_servers}
    for file, folder in project.below_claude():
        if not (file.servers or file.tool_servers or file.denied_servers):
            continue
        names = {*in_run, *file.own_servers}
        if not {mention.name for mention in file.servers} <= names or file.tool_servers or file.denied_servers:
            names |= _servers(project.surroundings.read(folder.parent / ".mcp.json"))
            names |= _servers(project.surroundings.read(Path.home() / ".claude.json"))
        prefixes = {tool_prefix(name) for name in names}
        missing = [(mention, _LACKS) for mention in file.servers if mention.name not in names]
        missing += [(mention, _LACKS) for mention in file.tool_servers if mention.name not in prefixes]
        missing += [(mention, _REMOVES_NOTHING) for mention in file.denied_servers if mention.name not in prefixes]
        reported = set()
        for mention, effect in sorted(missing, key=lambda one: one[0][1:]):
            if not mention.name.startswith("plugin_") and (mention.name, effect) not in reported:
                reported.add((mention.name, effect))
                message = f"The MCP server {quoted(mention.name)} is not configured, so {effect}. {_HOW_TO_FIX}"
                yield ProjectProblem(file.path, mention.line, mention.column, message)


@lru_cache(maxsize=64)
def _servers(file: bytes) -> frozenset[str]:
    """The servers that a file configures, for all projects or for one; empty when it cannot be read."""
    try:
        content = json.loads(file)
    except (ValueError, RecursionError):
        return frozenset()
    places = [content, *(content.get("projects") or {}).values()] if isinstance(content, dict) else []
    maps = [place.get("mcpServers") for place in places if isinstance(place, dict)]
    return frozenset(name for servers in maps if isinstance(servers, dict) for name in servers)

"""An MCP server is configured nowhere.

## What it does
Reports servers that an agent in a `.claude` folder names in `tools` (`mcp__server`) or in `mcpServers`, and that
nothing configures: the agent itself, a file of the run, `.mcp.json` of the project, or `~/.claude.json`. Servers of
plugins (`mcp__plugin_...`) are not looked for.

## Why
Clients 2.1.197 and 2.1.330 start the agent without the server's tools; the second leaves a WARN line in the debug file.

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
Correct the name, or configure the server where everybody who uses the agent has it.

## Source
Both clients run with an unknown server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity
from acolytes_cc.lint.support.project import Project

CODE = "ACO406"
NAME = "server-missing"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    in_run = {server for file in project.files if file.kind in ("mcp", "plugin") for server in file.own_servers}
    for file, folder in project.below_claude():
        wanted = [mention for mention in file.servers if mention.name not in in_run | {*file.own_servers}]
        if not wanted:
            continue
        configured = _servers(project.surroundings.read(folder.parent / ".mcp.json")) | _servers(
            project.surroundings.read(Path.home() / ".claude.json")
        )
        for mention in wanted:
            if mention.name not in configured and not mention.name.startswith("plugin_"):
                yield ProjectProblem(
                    file.path,
                    mention.line,
                    mention.column,
                    f"the MCP server {shown(mention.name)} is configured nowhere",
                )


@lru_cache(maxsize=64)
def _servers(content: bytes) -> frozenset[str]:
    """The servers that a file configures, for all projects or for one; none when it cannot be read."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return frozenset()
    places = [found, *(found.get("projects") or {}).values()] if isinstance(found, dict) else []
    maps = [place.get("mcpServers") for place in places if isinstance(place, dict)]
    return frozenset(name for servers in maps if isinstance(servers, dict) for name in servers)

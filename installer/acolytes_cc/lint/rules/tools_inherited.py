"""The agent has every tool.

## What it does
Reports a definition with neither `tools` nor `disallowedTools`.

## Why
Clients 2.1.197 and 2.1.330 then give the agent every tool that a subagent may have. That includes Bash, Write and all
connected MCP servers. 39 % of 1,874 published definitions have no `tools`.

## Bad
```yaml
name: reviewer
description: Reviews code. Use after a change is written.
```

## Good
```yaml
name: reviewer
description: Reviews code. Use after a change is written.
tools: Read, Glob, Grep
```

## How to fix
List the tools that the agent needs.

## Source
Tested with both clients: the agent got 21 tools.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO210"
NAME = "tools-inherited"
SEVERITY: Severity = "info"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "auditor"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if definition.yaml.fields and not (definition.field("tools") or definition.field("disallowedTools")):
        yield Problem(
            0, "No `tools`, so the agent gets every tool, also those of MCP servers. List the tools that it needs."
        )

"""The agent has every tool.

## What it does
Reports a definition without `tools` and without `disallowedTools`.

## Why
Clients 2.1.197 and 2.1.330 then give it all that a subagent may have: Bash, Write, and every connected MCP server. 39 %
of 1,874 published definitions have no `tools`.

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
List the tools that its work needs.

## Source
Both clients run: 21 tools arrived.
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
        yield Problem(0, "no `tools`: the agent has every tool, also of MCP servers; list what it needs")

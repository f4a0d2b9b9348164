"""No entry of the list of tools gives the agent a tool.

## What it does
Reports `tools` that is empty, of a wrong type, or of which no entry resolves.

## Why
Client 2.1.197 starts the agent without any tool. Client 2.1.330 does so for an empty list and refuses to start the
agent when the entries resolve to nothing ("would be spawned with zero tools").

## Bad
```yaml
tools: "[Read, Bash]"
```

## Good
```yaml
tools: Read, Bash
```

## How to fix
List tools that exist, or remove the field: the agent then has all that subagents may have.

## Source
Both clients run on each form; https://github.com/liatrio-labs/claude-code-gauntlet/issues/9
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO205"
NAME = "tools-none"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    field = definition.field("tools")
    if field is None or context.toolbox.granted:
        return
    if field.value.kind == "null":
        yield Problem(field.span.start, "`tools` is empty: the agent gets no tool; list some, or remove the field")
    else:
        effect = "2.1.330 refuses to start the agent" if context.toolbox.entries else "the agent gets no tool"
        yield Problem(field.value.span.start, f"no entry of `tools` resolves: {effect}")

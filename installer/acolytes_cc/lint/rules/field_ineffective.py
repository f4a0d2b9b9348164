"""A field counts only for the main agent.

## What it does
Reports `initialPrompt`, and types in brackets after `Agent` in `tools`.

## Why
Clients 2.1.197 and 2.1.330 heed both only when the definition is started with `--agent`. As a subagent it may start
agents of every type, and the prompt is ignored.

## Bad
```yaml
tools: Read, Agent(researcher)
```

## Good
```yaml
tools: Read, Agent
```

## How to fix
Remove it, unless the agent is meant for `--agent`.

## Source
Both clients run: `Agent(worker)` gave the subagent all of Agent.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO122"
NAME = "field-ineffective"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    for key in sorted(context.registry.main_thread_fields):
        field = definition.field(key)
        if field is not None and field.value.data:
            yield Problem(field.span.start, f"`{key}` counts only for an agent started with `--agent`")
    for entry in context.toolbox.listed:
        if entry.specifier and context.registry.tool_aliases.get(entry.name, entry.name) == "Agent":
            yield Problem(
                entry.span.start, f"the types in {shown(entry.text)} count only for an agent started with `--agent`"
            )

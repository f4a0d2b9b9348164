"""A field works only for the main agent.

## What it does
Reports `initialPrompt`. Also reports agent types in brackets after `Agent` in `tools`, when there is no
`initialPrompt`: an agent that has one is meant for `claude --agent`.

## Why
Clients 2.1.197 and 2.1.330 use both only for an agent that was started with `--agent`. A subagent ignores the prompt,
and it may start agents of every type.

## Bad
```yaml
tools: Read, Agent(researcher)
```

## Good
```yaml
tools: Read, Agent
```

## How to fix
Remove it, unless the agent is started with `--agent`.

## Source
Tested with both clients: with `Agent(worker)`, the subagent could start every agent.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import quoted
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
            yield Problem(
                field.span.start,
                f"`{key}` works only with `claude --agent`. A subagent ignores it. "
                "Remove it, unless you use `--agent`.",
            )
    if context.toolbox.is_for_main_agent:
        return
    for entry in context.toolbox.listed:
        has_types = entry.text != entry.name and entry.specifier
        if has_types and context.registry.tool_aliases.get(entry.name, entry.name) == "Agent":
            yield Problem(
                entry.span.start,
                f"The types in {quoted(entry.text)} work only with `claude --agent`. A subagent ignores them. "
                "Write `Agent`.",
            )

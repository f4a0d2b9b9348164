"""The agent has the name of a built-in one.

## What it does
Reports the names of the client's own agents: `Explore`, `Plan`, `general-purpose`, `claude` and `statusline-setup`,
whatever their case.

## Why
Clients 2.1.197 and 2.1.330 silently put the definition in the built-in agent's place: whoever asks for `Explore`, the
client itself included, gets this one.

## Bad
```yaml
name: Explore
```

## Good
```yaml
name: code-explorer
```

## How to fix
Choose another name, unless the built-in agent is meant to go.

## Source
Both clients run with `Explore` and with `claude`: the definition's own text was in the request.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO115"
NAME = "name-built-in"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    field = definition.field("name")
    name = str(field.value.data).strip().lower() if field else ""
    built_in = next((agent for agent in context.registry.built_in_agents if agent.lower() == name), None)
    if field is not None and built_in is not None:
        yield Problem(
            field.value.span.start, f"`{built_in}` is the client's own agent, and this one takes its place; rename it"
        )

"""The agent has the name of a built-in agent.

## What it does
Reports the names of the client's own agents: `Explore`, `Plan`, `general-purpose`, `claude` and `statusline-setup`. The
case counts: an agent `plan` is listed beside the built-in `Plan`.

## Why
Clients 2.1.197 and 2.1.330 replace the built-in agent with this definition. There is no message. Every call of
`Explore` then gets this agent, also when the client itself makes the call.

## Bad
```yaml
name: Explore
```

## Good
```yaml
name: code-explorer
```

## How to fix
Choose another name, unless you want to replace the built-in agent.

## Source
Tested with both clients: with `Explore` and with `claude`, the request contained the text of the definition. Client
2.1.332 started `explore` and `Explore` as two agents.
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
KINDS: Kinds = ("agent",)  # the name of a plugin's agent has a prefix


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    field = definition.field("name")
    name = str(field.value.data).strip() if field else ""
    if field is not None and name in context.registry.built_in_agents:  # the case counts: `plan` is beside `Plan`
        yield Problem(
            field.value.span.start,
            f"`{name}` is the name of a built-in agent, and this agent replaces it. Choose another name.",
        )

"""A tool arrives only in some surroundings.

## What it does
Reports entries of `tools` that the client has and did not give to a subagent in a plain run: `-p`, on Linux, without
MCP servers and plugins.

## Why
Client 2.1.330 binds these to a terminal, a platform, an account or a connected server, and drops them elsewhere without
a message. Where they arrive, all is well.

## Bad
```yaml
tools: Read, PowerShell
```

## Good
```yaml
tools: Read, Bash
```

## How to fix
Make sure that the agent can do its work without it, and say so in the body.

## Source
Client 2.1.330 run with each; `bench/client_registry.py` does it again.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.toolbox import Outcome

CODE = "ACO212"
NAME = "tool-conditional"
SEVERITY: Severity = "info"
CONFIDENCE: Confidence = "low"
PERSONA: Persona = "pedantic"
KINDS: Kinds = ("agent", "plugin-agent")


def check(_definition: Definition, context: Context) -> Iterator[Problem]:
    for found in context.toolbox.entries:
        if found.outcome is Outcome.GRANTED and found.tool in context.registry.conditional_tools:
            yield Problem(found.entry.span.start, f"`{found.tool}` does not arrive everywhere")

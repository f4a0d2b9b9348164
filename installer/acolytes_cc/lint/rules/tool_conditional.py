"""A tool is not available everywhere.

## What it does
Reports entries of `tools` that a subagent did not get in a plain run. A plain run is `claude -p` on Linux, without MCP
servers and plugins.

## Why
Client 2.1.330 gives these tools only with a terminal, a platform, an account or a connected server. Elsewhere it
ignores the entry without a message. Where the tool is available, there is no problem.

## Bad
```yaml
tools: Read, PowerShell
```

## Good
```yaml
tools: Read, Bash
```

## How to fix
Make sure that the agent can work without the tool, and say so in the body.

## Source
Tested with client 2.1.330 and each tool; `bench/client_registry.py` repeats the test.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.context.toolbox import Outcome
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO212"
NAME = "tool-conditional"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "low"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(_definition: Definition, context: Context) -> Iterator[Problem]:
    for resolved in context.toolbox.entries:
        if resolved.outcome is Outcome.GRANTED and resolved.tool in context.registry.conditional_tools:
            message = (
                f"The tool `{resolved.tool}` is missing in some environments. "
                "Make sure that the agent can work without it."
            )
            yield Problem(resolved.entry.span.start, message)

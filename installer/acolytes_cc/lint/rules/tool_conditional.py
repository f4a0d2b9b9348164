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
from acolytes_cc.lint.support.tool_lists import by_cause, listed

CODE = "ACO212"
NAME = "tool-conditional"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "low"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(_definition: Definition, context: Context) -> Iterator[Problem]:
    found = [
        (None, one.entry)
        for one in context.toolbox.with_outcome(Outcome.GRANTED)
        if one.tool in context.registry.conditional_tools
    ]
    for _, entries in by_cause(found, context, CODE, NAME):
        tools = dict.fromkeys(context.registry.tool_aliases.get(entry.name, entry.name) for entry in entries)
        noun, is_, them = ("tool", "is", "it") if len(tools) == 1 else ("tools", "are", "them")
        yield Problem(
            entries[0].span.start,
            f"The {noun} {listed(tools)} {is_} missing in some environments. "
            f"Make sure that the agent can work without {them}.",
        )

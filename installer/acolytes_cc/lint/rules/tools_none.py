"""The agent gets no tool at all.

## What it does
Reports `tools` that is empty, has a wrong type, or has only entries that give no tool.

## Why
Client 2.1.197 starts the agent without any tool. Client 2.1.330 does the same for an empty list. If the list has
entries and none is valid, it does not start the agent ("would be spawned with zero tools").

## Bad
```yaml
tools: "[Read, Bash]"
```

## Good
```yaml
tools: Read, Bash
```

## How to fix
List tools that exist. Or remove the field: then the agent gets all tools that subagents may have.

## Source
Tested with both clients on each form; https://github.com/liatrio-labs/claude-code-gauntlet/issues/9
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.context.toolbox import Outcome
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO205"
NAME = "tools-none"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    field = definition.field("tools")
    if field is None or context.toolbox.granted or _is_meant(field.value, context):
        return
    if field.value.kind == "null":
        yield Problem(field.span.start, "`tools` is empty, so the agent gets no tool. List tools, or remove the field.")
    else:
        effect = "the client does not start it" if context.toolbox.entries else "it has no tools"
        yield Problem(
            field.value.span.start, f"No entry of `tools` gives the agent a tool, so {effect}. List tools that exist."
        )


def _is_meant(value: Value, context: Context) -> bool:
    """Whether the author says so: an empty list, or tools that `disallowedTools` takes away again."""
    if value.kind == "list" and not value.items:
        return True
    return bool(context.toolbox.with_outcome(Outcome.DISALLOWED))

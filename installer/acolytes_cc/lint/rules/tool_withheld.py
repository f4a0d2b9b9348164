"""A tool is listed that no subagent is given.

## What it does
Reports entries of `tools` that exist but are kept from subagents (`AskUserQuestion`, `EnterPlanMode`, `Workflow` and
others), or are switched off by default (`TodoWrite`).

## Why
Clients 2.1.197 and 2.1.330 drop the entry without a message. `ExitPlanMode` is given with `permissionMode: plan`
only.

## Bad
```yaml
tools: Read, AskUserQuestion
```

## Good
```yaml
tools: Read
```

## How to fix
Remove the entry, and let the agent put its question into its answer; the main agent can ask the user.

## Source
Both clients run with each. The list is in `schemas/client-registry.json`.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_list_fixes import remove_entry
from acolytes_cc.lint.support.toolbox import Outcome

CODE = "ACO206"
NAME = "tool-withheld"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    for found in context.toolbox.entries:
        if found.outcome is Outcome.WITHHELD:
            instead = context.registry.off_by_default.get(found.tool)
            reason = f"is off by default; use {instead}" if instead else "is never given to a subagent; remove it"
            yield Problem(
                found.entry.span.start, f"`{found.tool}` {reason}", remove_entry(definition, "tools", found.entry)
            )

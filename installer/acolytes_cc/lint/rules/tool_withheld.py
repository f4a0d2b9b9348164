"""Subagents never get this tool.

## What it does
Reports tools in `tools` that exist, but not for subagents: `AskUserQuestion`, `EnterPlanMode`, `Workflow` and others.
Also reports tools that are off by default (`TodoWrite`). An agent with `initialPrompt` is meant for `claude --agent`,
which gives it these tools.

## Why
Clients 2.1.197 and 2.1.330 ignore the entry without a message. Subagents get `ExitPlanMode` only with `permissionMode:
plan`.

## Bad
```yaml
tools: Read, AskUserQuestion
```

## Good
```yaml
tools: Read
```

## How to fix
Remove the entry. The agent can put a question into its answer, and the main agent can ask the user.

## Source
Tested with both clients and each tool. The list is in `schemas/client-registry.json`.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.context.toolbox import Outcome
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_list_fixes import remove_entries
from acolytes_cc.lint.support.tool_lists import by_cause, listed

CODE = "ACO206"
NAME = "tool-withheld"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    if context.toolbox.is_for_main_agent:
        return
    off_by_default = context.registry.off_by_default
    withheld = context.toolbox.with_outcome(Outcome.WITHHELD)
    found = [(off_by_default.get(one.tool), one.entry) for one in withheld]
    for replacement, entries in by_cause(found, context, CODE, NAME):
        tools = dict.fromkeys(context.registry.tool_aliases.get(entry.name, entry.name) for entry in entries)
        noun, is_, them = ("tool", "is", "it") if len(tools) == 1 else ("tools", "are", "them")
        message = f"Subagents never get the {noun} {listed(tools)}. Remove {them}."
        if replacement:
            message = (
                f"The {noun} {listed(tools)} {is_} off by default, so the agent does not get {them}. Use {replacement}."
            )
        yield Problem(entries[0].span.start, message, remove_entries(definition, "tools", entries))

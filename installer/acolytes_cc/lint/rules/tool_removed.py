"""A tool in the list no longer exists.

## What it does
Reports entries of `tools` that name a tool that earlier clients had: `LS`, `MultiEdit`, `NotebookRead`, `TodoRead`,
`BashOutput`, `SlashCommand` and others.

## Why
Clients 2.1.197 and 2.1.330 drop the entry without a message; an agent with no other tool cannot be started in
2.1.330.

## Bad
```yaml
tools: Read, LS, MultiEdit
```

## Good
```yaml
tools: Read, Edit, Bash
```

## How to fix
Remove the entry, or name what took its place.

## Source
Both clients run with each: the API request lacked it. The list is in `schemas/client-registry.json`.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_list_fixes import remove_entry, rename_entry
from acolytes_cc.lint.support.toolbox import Outcome

CODE = "ACO201"
NAME = "tool-removed"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    listed = {entry.name for entry in context.toolbox.listed}
    for found in context.toolbox.entries:
        if found.outcome is Outcome.REMOVED:
            instead = context.registry.removed_tools[found.tool]
            is_new = instead in context.registry.tools and instead not in listed
            fix = rename_entry(definition, found.entry, instead, safe=False) if is_new else None
            fix = fix or remove_entry(definition, "tools", found.entry)
            yield Problem(found.entry.span.start, f"the client has no tool `{found.tool}` any more; use {instead}", fix)

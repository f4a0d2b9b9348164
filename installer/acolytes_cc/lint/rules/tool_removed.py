"""A tool no longer exists.

## What it does
Reports tools of earlier clients in `tools`: `LS`, `MultiEdit`, `NotebookRead`, `TodoRead`, `BashOutput`,
`SlashCommand` and others.

## Why
Clients 2.1.197 and 2.1.330 ignore such an entry without a message. If the agent has no other tool, client 2.1.330
cannot start it.

## Bad
```yaml
tools: Read, LS, MultiEdit
```

## Good
```yaml
tools: Read, Edit, Bash
```

## How to fix
Remove the entry, or use the tool that replaces it.

## Source
Tested with both clients and each tool: the API request did not contain it. The list is in
`schemas/client-registry.json`.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.context.toolbox import Outcome
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_list_fixes import remove_entry, rename_entry

CODE = "ACO201"
NAME = "tool-removed"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    listed = {entry.name for entry in context.toolbox.listed}
    for resolved in context.toolbox.entries:
        if resolved.outcome is Outcome.REMOVED:
            replacement = context.registry.removed_tools[resolved.tool]
            is_new = replacement in context.registry.tools and replacement not in listed
            fix = rename_entry(definition, resolved.entry, replacement, safe=False) if is_new else None
            fix = fix or remove_entry(definition, "tools", resolved.entry)
            use = f"use `{replacement}`" if replacement in context.registry.tools else f"use {replacement}"
            message = f"The tool `{resolved.tool}` no longer exists, so the agent does not get it. Instead, {use}."
            yield Problem(resolved.entry.span.start, message, fix)

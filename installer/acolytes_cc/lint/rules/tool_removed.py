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
from acolytes_cc.definitions.tool_list import ToolEntry
from acolytes_cc.lint.context.toolbox import Outcome
from acolytes_cc.lint.rule import Confidence, Context, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_list_fixes import remove_entries, rename_entry
from acolytes_cc.lint.support.tool_lists import by_cause, merged

CODE = "ACO201"
NAME = "tool-removed"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    removed = context.registry.removed_tools
    found = [(None, one.entry) for one in context.toolbox.with_outcome(Outcome.REMOVED)]
    for _, entries in by_cause(found, context, CODE, NAME):
        uses = [f"use {_replacement(removed[_tool(entry, context)], context)}" for entry in entries]
        if len(entries) == 1:
            message = (
                f"The tool `{_tool(entries[0], context)}` no longer exists, so the agent does not get it. "
                f"Instead, {uses[0]}."
            )
        else:
            tools = ", ".join(f"`{_tool(entry, context)}` ({use})" for entry, use in zip(entries, uses, strict=True))
            message = f"These tools no longer exist, so the agent does not get them: {tools}."
        yield Problem(entries[0].span.start, message, _fix(entries, definition, context))


def _tool(entry: ToolEntry, context: Context) -> str:
    return context.registry.tool_aliases.get(entry.name, entry.name)


def _replacement(text: str, context: Context) -> str:
    return f"`{text}`" if text in context.registry.tools else text


def _fix(entries: list[ToolEntry], definition: Definition, context: Context) -> Fix | None:
    """Rename the first entry of each replacement that is not listed yet, and remove the others."""
    present = {entry.name for entry in context.toolbox.listed}
    fixes: list[Fix | None] = []
    rest: list[ToolEntry] = []
    for entry in entries:
        replacement = context.registry.removed_tools[_tool(entry, context)]
        is_new = replacement in context.registry.tools and replacement not in present
        renamed = rename_entry(definition, entry, replacement, safe=False) if is_new else None
        if renamed:
            present.add(replacement)
            fixes.append(renamed)
        else:
            rest.append(entry)
    return merged([*fixes, remove_entries(definition, "tools", rest)] if rest else fixes)

"""A tool in the list does not exist.

## What it does
Reports entries of `tools` and `disallowedTools` that the client cannot match: unknown names, wrong case (`read`),
stray brackets, semicolons and line ends as separators, wildcards such as `mcp__*` in `tools`, and `*` in
`disallowedTools`.

## Why
Clients 2.1.197 and 2.1.330 drop the entry without a message. In `tools` the agent lacks the tool; in
`disallowedTools` it keeps the tool that was to be taken away.

## Bad
```yaml
tools: read; Bash
```

## Good
```yaml
tools: Read, Bash
```

## How to fix
Use the name that the message gives. An MCP server's tools are `mcp__server` or `mcp__server__tool`.

## Source
Both clients run on each form. The list of tools is in `schemas/client-registry.json`.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.tool_list import ToolEntry
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.suggest import closest_name, plain_name
from acolytes_cc.lint.support.tool_list_fixes import rename_entry
from acolytes_cc.lint.support.toolbox import Outcome

CODE = "ACO202"
NAME = "tool-unknown"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    known = context.registry
    for found in context.toolbox.entries:
        if found.outcome is Outcome.UNKNOWN:
            advice = _advice(found.entry.text, known)
            yield Problem(found.entry.span.start, f"the client drops {advice}", _fix(found.entry, definition, known))
    for entry in definition.tool_entries("disallowedTools"):
        if not _is_effective(entry, context):
            advice = _advice(entry.text, known)
            yield Problem(entry.span.start, f"this takes nothing away: {advice}", _fix(entry, definition, known))


def _is_effective(entry: ToolEntry, context: Context) -> bool:
    known = context.registry
    return (
        entry.name in known.tools
        or entry.name in known.tool_aliases
        or entry.name in known.removed_tools
        or entry.name.startswith("mcp__")
        or entry.name in known.mcp_servers
    )


def _advice(text: str, registry: Registry) -> str:
    if text == "*":
        return "`*` stands for nothing here; list the tools"
    if text.startswith("mcp__"):
        return f"{shown(text)}: of wildcards only `mcp__server__*` matches"
    if "\n" in text:
        return f"{shown(text)}: line ends do not separate; use commas"
    if text in registry.later_tools:
        return f"{shown(text)}, which came with client {registry.later_tools[text]}"
    if not plain_name(text):
        return f"{shown(text)}, which is no tool; remove it"
    tool = _meant(text, registry)
    hint = f"did you mean `{tool}`?" if tool else "of an MCP server, write `mcp__server`"
    return f"{shown(text)}, which is no tool; {hint}"


def _meant(text: str, registry: Registry) -> str | None:
    return closest_name(text.partition("(")[0], registry.tools | registry.tool_aliases.keys())


def _fix(entry: ToolEntry, definition: Definition, registry: Registry) -> Fix | None:
    """Another case or a stray sign is certain: `read;` can only be `Read`."""
    tool = _meant(entry.text, registry)
    if tool is None or "\n" in entry.text:
        return None
    is_other_case = plain_name(entry.name) == plain_name(tool) and "(" not in entry.text
    return rename_entry(definition, entry, tool, safe=is_other_case)

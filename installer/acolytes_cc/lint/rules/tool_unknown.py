"""A tool does not exist.

## What it does
Reports entries of `tools` and `disallowedTools` that match no tool. Examples are unknown names and names in the wrong
case (`read`). Others are stray brackets, and semicolons or line breaks between tools. So are wildcards such as
`mcp__*` in `tools`, and `*` in `disallowedTools`.

## Why
Clients 2.1.197 and 2.1.330 ignore the entry without a message. In `tools`, the agent does not get the tool. In
`disallowedTools`, it keeps the tool.

## Bad
```yaml
tools: read; Bash
```

## Good
```yaml
tools: Read, Bash
```

## How to fix
Use the name in the message. For tools of an MCP server, write `mcp__server` or `mcp__server__tool`.

## Source
Tested with both clients on each form. The list of tools is in `schemas/client-registry.json`.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.tool_list import ToolEntry
from acolytes_cc.lint.context.toolbox import Outcome, is_mcp_grant
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.suggest import closest_name, plain_name
from acolytes_cc.lint.support.tool_list_fixes import rename_entry

CODE = "ACO202"
NAME = "tool-unknown"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    registry = context.registry
    for resolved in context.toolbox.entries:
        if resolved.outcome is Outcome.UNKNOWN:
            message = _message(resolved.entry.text, "The agent does not get it.", registry)
            yield Problem(resolved.entry.span.start, message, _fix(resolved.entry, definition, registry))
    for entry in definition.tool_entries("disallowedTools"):
        if not _is_effective(entry, context):
            message = _message(entry.text, "This entry removes no tool.", registry)
            yield Problem(entry.span.start, message, _fix(entry, definition, registry))


def _is_effective(entry: ToolEntry, context: Context) -> bool:
    registry = context.registry
    return (
        entry.name in registry.tools
        or entry.name in registry.tool_aliases
        or entry.name in registry.removed_tools
        or entry.name == "mcp__*"
        or is_mcp_grant(entry.name)
        or entry.name in registry.mcp_servers
    )


def _message(text: str, effect: str, registry: Registry) -> str:
    if text == "*":
        return f"`*` does not work here. {effect} List the tools."
    if text.startswith("mcp__"):
        if text.endswith("__"):
            return f"{quoted(text)} matches no tool. {effect} Write {quoted(text.rstrip('_'))}."
        return f"Invalid wildcard {quoted(text)}. {effect} Write `mcp__server__*`."
    if "\n" in text:
        return f"Unknown tool {quoted(text)}. {effect} A line break does not separate tools: use commas."
    if text in registry.later_tools:
        return (
            f"Client {registry.client} has no tool {quoted(text)}. "
            f"{effect} Use client {registry.later_tools[text]} or later."
        )
    if not plain_name(text):
        return f"{quoted(text)} is not a tool. {effect} Remove it."
    tool = _similar_tool(text, registry)
    hint = f"Did you mean `{tool}`?" if tool else "For an MCP server, write `mcp__server`."
    return f"Unknown tool {quoted(text)}. {effect} {hint}"


def _similar_tool(text: str, registry: Registry) -> str | None:
    return closest_name(text.partition("(")[0], registry.tools | registry.tool_aliases.keys())


def _fix(entry: ToolEntry, definition: Definition, registry: Registry) -> Fix | None:
    """Rename the entry; safe when only the case or a stray sign is wrong: `read;` can only mean `Read`."""
    tool = _similar_tool(entry.text, registry)
    if tool is None or "\n" in entry.text:
        return None
    is_other_case = plain_name(entry.name) == plain_name(tool) and "(" not in entry.text
    return rename_entry(definition, entry, tool, safe=is_other_case)

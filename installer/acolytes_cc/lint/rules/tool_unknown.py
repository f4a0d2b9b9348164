"""A tool does not exist.

## What it does
Reports entries of `tools` and `disallowedTools` that match no tool. Examples are unknown names and names in the wrong
case (`read`). Others are stray brackets, and semicolons or line breaks between tools. So are wildcards such as
`mcp__*` in `tools`, and `*` in `disallowedTools`. A list that was written for VS Code, GitHub Copilot, Cursor, Gemini
CLI or Cline is reported once, as a whole.

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
from acolytes_cc.lint.context.other_products import NAMES
from acolytes_cc.lint.context.toolbox import Outcome, is_mcp_grant
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.suggest import closest_name, plain_name
from acolytes_cc.lint.support.tool_list_fixes import rename_entry
from acolytes_cc.lint.support.tool_lists import by_cause, listed, merged

CODE = "ACO202"
NAME = "tool-unknown"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


# What becomes of one entry, and of several
_EFFECTS = {
    "tools": ("The agent does not get it.", "The agent does not get them."),
    "disallowedTools": ("This entry removes no tool.", "These entries remove no tool."),
}

# What people write for all tools
_ALL = ("all", "alltools", "any", "everything")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    toolbox = context.toolbox
    unknown = [one.entry for one in toolbox.with_outcome(Outcome.UNKNOWN)]
    if toolbox.other_product:
        names = [one.entry.name for one in toolbox.entries if one.outcome in (Outcome.UNKNOWN, Outcome.SERVER)]
        yield Problem(
            toolbox.listed[0].span.start,
            f"These are tools of {toolbox.other_product}, and the client has none of them: {listed(names)}. "
            "List the client's own tools, such as `Read`, `Edit` and `Bash`.",
        )
    else:
        yield from _problems(unknown, "tools", definition, context)
    ineffective = [entry for entry in definition.tool_entries("disallowedTools") if not _is_effective(entry, context)]
    yield from _problems(ineffective, "disallowedTools", definition, context)


def _problems(entries: list[ToolEntry], key: str, definition: Definition, context: Context) -> Iterator[Problem]:
    """The problems of the entries of one list: those without a special form together, by how sure the hint is."""
    registry = context.registry
    plain = [entry for entry in entries if _special_message(entry.text, key, registry) is None]
    for entry in entries:
        if message := _special_message(entry.text, key, registry):
            yield Problem(entry.span.start, message, _fix(entry, definition, registry))
    fixes = {entry: _fix(entry, definition, registry) for entry in plain}
    causes = [((_similar_tool(entry.text, registry) is not None, _is_safe(fixes[entry])), entry) for entry in plain]
    for _, together in by_cause(causes, context, CODE, NAME):
        yield Problem(
            together[0].span.start,
            _message([entry.text for entry in together], key, registry),
            merged(fixes[entry] for entry in together),
        )


def _is_safe(fix: Fix | None) -> bool:
    return fix is not None and fix.safe


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


def _special_message(text: str, key: str, registry: Registry) -> str | None:
    """What to say of an entry that looks like more than a name; None when it is one."""
    effect = _EFFECTS[key][0]
    if text == "*":
        return f"`*` does not work here. {effect} List the tools."
    if key == "tools" and plain_name(text) in _ALL:
        return f"Unknown tool {quoted(text)}. {effect} To give all tools, remove `tools`."
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
    return None if plain_name(text) else f"{quoted(text)} is not a tool. {effect} Remove it."


def _message(texts: list[str], key: str, registry: Registry) -> str:
    hints = [_similar_tool(text, registry) for text in texts]
    if len(texts) == 1:
        hint = f"Did you mean `{hints[0]}`?" if hints[0] else "For an MCP server, write `mcp__server`."
        return f"Unknown tool {quoted(texts[0])}. {_EFFECTS[key][0]} {hint}"
    if hints[0]:
        names = ", ".join(f"`{tool}` for {quoted(text)}" for text, tool in zip(texts, hints, strict=True))
        return f"Unknown tools. {_EFFECTS[key][1]} Write {names}."
    return f"Unknown tools {listed(texts)}. {_EFFECTS[key][1]} For an MCP server, write `mcp__server`."


def _similar_tool(text: str, registry: Registry) -> str | None:
    name = text.partition("(")[0]
    tool = closest_name(name, registry.tools | registry.tool_aliases.keys())
    return None if tool and name in NAMES and plain_name(name) != plain_name(tool) else tool


def _fix(entry: ToolEntry, definition: Definition, registry: Registry) -> Fix | None:
    """Rename the entry; safe when only the case or a stray sign is wrong: `read;` can only mean `Read`."""
    tool = _similar_tool(entry.text, registry)
    if tool is None or "\n" in entry.text:
        return None
    is_other_case = plain_name(entry.name) == plain_name(tool) and "(" not in entry.text
    return rename_entry(definition, entry, tool, safe=is_other_case)

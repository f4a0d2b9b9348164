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

import re
from collections.abc import Iterator
from difflib import get_close_matches

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.tool_list import ToolEntry
from acolytes_cc.lint.neutral import shown
from acolytes_cc.lint.rule import Confidence, Context, Persona, Problem, Severity
from acolytes_cc.lint.toolbox import Outcome

CODE = "ACO202"
NAME = "tool-unknown"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"

# No tool's name is longer; a similar one is not looked for.
_LONGEST = 40


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    for found in context.toolbox.entries:
        if found.outcome is Outcome.UNKNOWN:
            yield Problem(found.entry.span.start, f"the client drops {_advice(found.entry.text, context.registry)}")
    for entry in definition.tool_entries("disallowedTools"):
        if not _is_effective(entry, context):
            yield Problem(entry.span.start, f"this takes nothing away: {_advice(entry.text, context.registry)}")


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
    meant = _meant(text, registry)
    hint = f"did you mean `{meant}`?" if meant else "of an MCP server, write `mcp__server`"
    return f"{shown(text)}, which is no tool; {hint}"


def _meant(text: str, registry: Registry) -> str | None:
    plain = {tool.lower(): tool for tool in sorted(registry.tools | set(registry.tool_aliases))}
    wanted = re.sub(r"[^a-z_]", "", text.partition("(")[0].lower())
    close = get_close_matches(wanted, plain, n=1, cutoff=0.75) if len(text) <= _LONGEST else []
    return plain[close[0]] if close else None

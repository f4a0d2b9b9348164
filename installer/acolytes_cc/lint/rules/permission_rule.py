"""A permission rule matches nothing.

## What it does
Checks `permissions` in settings.json. Reports `allow`, `ask` and `deny` that are not lists, and rules that are not
strings. Also reports a tool that is misspelt or in the wrong case, and brackets that do not close.

## Why
Client 2.1.330 accepts such a rule without a message. In `deny` it protects nothing. In `allow` the client keeps
asking.

## Bad
```json
{"permissions": {"deny": ["bash(rm *)"]}}
```

## Good
```json
{"permissions": {"deny": ["Bash(rm *)"]}}
```

## How to fix
Write the exact name of the tool, with the restriction in one pair of brackets.

## Source
https://code.claude.com/docs/en/permissions; client 2.1.330 applies `Agent(name)` in `deny` as written.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.suggest import closest_name

CODE = "ACO511"
NAME = "permission-rule"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("settings",)

_LISTS = ("allow", "ask", "deny")


def check(document: JsonDocument, context: Context) -> Iterator[Problem]:
    field = document.field("permissions")
    if field is None:
        return
    if field.value.kind != "map":
        yield Problem(
            field.value.span.start, "`permissions` must be an object with the lists `allow`, `ask` and `deny`."
        )
    for key in _LISTS:
        listed = field.value.member(key)
        if listed is None:
            continue
        if listed.value.kind != "list":
            yield Problem(listed.value.span.start, f"`{key}` must be a list of rules. Put the rules into `[...]`.")
        for item in listed.value.items:
            problem = _problem(item, context.registry)
            if problem:
                yield Problem(item.span.start, f"This rule matches nothing. {problem}")


def _problem(item: Value, registry: Registry) -> str | None:
    if not isinstance(item.data, str):
        return "It must be a string."
    tool, bracket, rest = item.data.partition("(")
    if bracket and not rest.endswith(")"):
        return "Add the missing `)` at its end."
    if tool.startswith("mcp__") or tool == "*":
        return None
    tools = registry.tools | registry.later_tools.keys() | registry.tool_aliases.keys() | registry.removed_tools.keys()
    if tool in tools:
        return None
    name = closest_name(tool, tools)
    return f"Unknown tool {quoted(tool)}. Did you mean `{name}`?" if name else None

"""A permission rule matches nothing.

## What it does
Reports, in `permissions` of settings.json, lists that are none, rules that are no strings, a tool in another case or
misspelt, and brackets that do not close.

## Why
Client 2.1.330 takes such a rule without a word. In `deny` it protects nothing; in `allow` the client keeps asking.

## Bad
```json
{"permissions": {"deny": ["bash(rm *)"]}}
```

## Good
```json
{"permissions": {"deny": ["Bash(rm *)"]}}
```

## How to fix
Write the tool's exact name, and its restriction in one pair of brackets.

## Source
https://code.claude.com/docs/en/permissions; client 2.1.330 heeds `Agent(name)` in `deny` as written.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.fields import Value
from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.printable import shown
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
        yield Problem(field.value.span.start, "`permissions` must be an object with allow, ask and deny")
    for key in _LISTS:
        listed = field.value.member(key)
        if listed is None:
            continue
        if listed.value.kind != "list":
            yield Problem(listed.value.span.start, f"`{key}` must be a list of rules")
        for item in listed.value.items:
            wrong = _wrong(item, context.registry)
            if wrong:
                yield Problem(item.span.start, f"this rule matches nothing: {wrong}")


def _wrong(item: Value, known: Registry) -> str | None:
    if not isinstance(item.data, str):
        return "it must be a string"
    tool, bracket, rest = item.data.partition("(")
    if bracket and not rest.endswith(")"):
        return "its bracket is not closed"
    if tool.startswith("mcp__") or tool == "*":
        return None
    tools = known.tools | known.later_tools.keys() | known.tool_aliases.keys() | known.removed_tools.keys()
    if tool in tools:
        return None
    name = closest_name(tool, tools)
    return f"there is no tool {shown(tool)}; did you mean `{name}`?" if name else None

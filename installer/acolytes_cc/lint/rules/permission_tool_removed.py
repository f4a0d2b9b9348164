"""A permission rule names a tool that the client no longer has.

## What it does
Reports rules of settings.json for tools of earlier clients, such as `MultiEdit`.

## Why
The rule matches nothing. In `deny` it protects nothing. Client 2.1.332 says so only in its debug file.

## Bad
```json
{"permissions": {"deny": ["BashOutput"]}}
```

## Good
```json
{"permissions": {"deny": ["Read"]}}
```

## How to fix
Use the tool in the message, or remove the rule.

## Source
Tested with client 2.1.332 on each of these tools in `deny`: the model still had all of its tools, and standard error
was empty. For most, the debug file had a line such as `Permission deny rule names a removed tool: BashOutput`.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.permission_syntax import rules_of

CODE = "ACO515"
NAME = "permission-tool-removed"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("settings",)


def check(document: JsonDocument, context: Context) -> Iterator[Problem]:
    for _, item in rules_of(document):
        tool = item.data.partition("(")[0] if isinstance(item.data, str) else ""
        if tool in context.registry.removed_tools:
            instead = context.registry.removed_tools[tool]
            message = f"The client has no tool `{tool}` any more, so this rule matches nothing. Now there is {instead}."
            yield Problem(item.span.start, message)

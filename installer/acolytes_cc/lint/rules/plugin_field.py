"""A field is ignored in a plugin.

## What it does
Reports `hooks`, `mcpServers` and `permissionMode` in an agent of a plugin.

## Why
Clients 2.1.197 and 2.1.330 ignore the three there, with a WARN line in the debug file: a plugin must not widen its own
permissions.

## Bad
```yaml
permissionMode: acceptEdits
```

## Good
The plugin's `hooks/hooks.json` and `.mcp.json`.

## How to fix
Move hooks and servers into the plugin's own files; leave permissions to the user.

## Source
Both clients run with a plugin's agent that has each.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO123"
NAME = "plugin-field"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("plugin-agent",)


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    for field in definition.yaml.fields:
        if field.key in context.registry.plugin_ignores and field.value.kind != "null":
            yield Problem(
                field.span.start, f"the client ignores `{field.key}` in a plugin's agent; {_instead(field.key)}"
            )


def _instead(key: str) -> str:
    files = {"hooks": "hooks/hooks.json", "mcpServers": ".mcp.json"}
    return f"use the plugin's {files[key]}" if key in files else "remove it"

"""The client ignores a field in plugins.

## What it does
Reports `hooks`, `mcpServers` and `permissionMode` in an agent of a plugin.

## Why
Clients 2.1.197 and 2.1.330 ignore these three fields there, because a plugin must not give itself permissions. They
write a WARN line to the debug file.

## Bad
```yaml
permissionMode: acceptEdits
```

## Good
The plugin's `hooks/hooks.json` and `.mcp.json`.

## How to fix
Move hooks and servers into the plugin's own files. Leave permissions to the user.

## Source
Tested with both clients on an agent of a plugin with each field.
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
                field.span.start, f"The client ignores `{field.key}` in an agent of a plugin. {_how_to_fix(field.key)}"
            )


def _how_to_fix(key: str) -> str:
    files = {"hooks": "hooks/hooks.json", "mcpServers": ".mcp.json"}
    return f"Move it to the plugin's `{files[key]}`." if key in files else "Remove it."

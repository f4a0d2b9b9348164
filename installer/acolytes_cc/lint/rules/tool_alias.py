"""A tool is listed by an old name.

## What it does
Reports `Task`, `KillShell` and other names that the client still maps to a tool's present one.

## Why
Clients 2.1.197 and 2.1.330 give the tool under its new name, so a body that says "use the Task tool" names one that the
agent does not see.

## Bad
```yaml
tools: Read, Task
```

## Good
```yaml
tools: Read, Agent
```

## How to fix
Write the new name, in the body as well.

## Source
Both clients run: `Task` gave Agent, `KillShell` TaskStop.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_list_fixes import rename_entry

CODE = "ACO209"
NAME = "tool-alias"
SEVERITY: Severity = "info"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "pedantic"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    aliases = context.registry.tool_aliases
    for key in ("tools", "disallowedTools"):
        for entry in definition.tool_entries(key):
            if entry.name in aliases:
                fix = rename_entry(definition, entry, aliases[entry.name], safe=True)
                yield Problem(entry.span.start, f"`{entry.name}` is now called `{aliases[entry.name]}`", fix)

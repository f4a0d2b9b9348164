"""A tool has an old name.

## What it does
Reports `Task`, `KillShell` and other old names that the client still accepts.

## Why
Clients 2.1.197 and 2.1.330 give the agent the tool under its new name. If the body says "use the Task tool", the agent
sees no tool of that name.

## Bad
```yaml
tools: Read, Task
```

## Good
```yaml
tools: Read, Agent
```

## How to fix
Write the new name, also in the body.

## Source
Tested with both clients: `Task` gave Agent, and `KillShell` gave TaskStop.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_list_fixes import rename_entry
from acolytes_cc.lint.support.tool_lists import by_cause, listed, merged

CODE = "ACO209"
NAME = "tool-alias"
SEVERITY: Severity = "info"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "pedantic"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    aliases = context.registry.tool_aliases
    for key in ("tools", "disallowedTools"):
        old = [(None, entry) for entry in definition.tool_entries(key) if entry.name in aliases]
        for _, entries in by_cause(old, context, CODE, NAME):
            names = dict.fromkeys(entry.name for entry in entries)
            seen = listed(dict.fromkeys(aliases[name] for name in names))
            what = f"{listed(names)} is an old name" if len(names) == 1 else f"{listed(names)} are old names"
            fixes = [rename_entry(definition, entry, aliases[entry.name], safe=True) for entry in entries]
            yield Problem(
                entries[0].span.start,
                f"{what}: the agent sees {seen}. Use the new name, also in the body.",
                merged(fixes),
            )

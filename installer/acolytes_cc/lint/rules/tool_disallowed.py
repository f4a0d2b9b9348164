"""A tool is both listed and disallowed.

## What it does
Reports entries of `tools` that `disallowedTools` also names.

## Why
Clients 2.1.197 and 2.1.330 apply `disallowedTools` first, so the agent does not get the tool.

## Bad
```yaml
tools: Read, Bash
disallowedTools: Bash
```

## Good
```yaml
tools: Read
```

## How to fix
Remove it from one of the two.

## Source
Tested with both clients: `tools: Read, Bash` with `disallowedTools: Bash` gave Read only.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.context.toolbox import Outcome
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_lists import by_cause, listed

CODE = "ACO208"
NAME = "tool-disallowed"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(_definition: Definition, context: Context) -> Iterator[Problem]:
    found = [(None, one.entry) for one in context.toolbox.with_outcome(Outcome.DISALLOWED)]
    for _, entries in by_cause(found, context, CODE, NAME):
        tools = dict.fromkeys(context.registry.tool_aliases.get(entry.name, entry.name) for entry in entries)
        them, which = ("it", "Remove one.") if len(tools) == 1 else ("them", "Remove them from one of the two.")
        yield Problem(
            entries[0].span.start,
            f"`disallowedTools` also has {listed(tools)}, so the agent does not get {them}. {which}",
        )

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
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO208"
NAME = "tool-disallowed"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(_definition: Definition, context: Context) -> Iterator[Problem]:
    for resolved in context.toolbox.entries:
        if resolved.outcome is Outcome.DISALLOWED:
            yield Problem(
                resolved.entry.span.start,
                f"`disallowedTools` also has {quoted(resolved.tool)}, so the agent does not get it. Remove one.",
            )

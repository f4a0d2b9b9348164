"""A tool is listed and taken away again.

## What it does
Reports entries of `tools` that `disallowedTools` names, too.

## Why
Clients 2.1.197 and 2.1.330 take `disallowedTools` off first: the agent does not get the tool.

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
Both clients run: `tools: Read, Bash` with `disallowedTools: Bash` gave Read.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.toolbox import Outcome

CODE = "ACO208"
NAME = "tool-disallowed"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(_definition: Definition, context: Context) -> Iterator[Problem]:
    for found in context.toolbox.entries:
        if found.outcome is Outcome.DISALLOWED:
            yield Problem(found.entry.span.start, f"`disallowedTools` takes {shown(found.tool)} away again")

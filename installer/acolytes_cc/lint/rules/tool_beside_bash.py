"""Glob or Grep stands beside Bash.

## What it does
Reports `Glob` and `Grep` in a list of `tools` that also has `Bash` (or is `*`).

## Why
Native builds of clients 2.1.197 and 2.1.330 give these two only to an agent without Bash. They are dropped without a
message, and a prompt that asks for them sends the agent looking for tools that it lacks.

## Bad
```yaml
tools: Read, Glob, Grep, Bash
```

## Good
```yaml
tools: Read, Bash
```

## How to fix
Remove the two, or remove Bash. With Bash the agent searches with `rg`, `grep` and `find`.

## Source
Both clients run with and without Bash; https://github.com/anthropics/claude-code/issues/52121
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_list_fixes import remove_entry
from acolytes_cc.lint.support.toolbox import Outcome

CODE = "ACO204"
NAME = "tool-beside-bash"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    for found in context.toolbox.entries:
        if found.outcome is Outcome.BESIDE_BASH:
            yield Problem(
                found.entry.span.start,
                f"an agent with Bash does not get `{found.tool}`; remove one of the two",
                remove_entry(definition, "tools", found.entry),
            )

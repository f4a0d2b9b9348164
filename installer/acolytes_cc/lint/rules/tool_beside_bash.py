"""Glob or Grep is listed together with Bash.

## What it does
Reports `Glob` and `Grep` in `tools` when the list also has `Bash` or is `*`.

## Why
Native builds of clients 2.1.197 and 2.1.330 give these two tools only to an agent without Bash. Otherwise they ignore
the entries without a message. If the prompt asks for the tools, the agent looks for something that it does not have.

## Bad
```yaml
tools: Read, Glob, Grep, Bash
```

## Good
```yaml
tools: Read, Bash
```

## How to fix
Remove the two, or remove Bash. With Bash, the agent can search with `rg`, `grep` and `find`.

## Source
Tested with both clients: with and without Bash; https://github.com/anthropics/claude-code/issues/52121
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.context.toolbox import Outcome
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_list_fixes import remove_entry

CODE = "ACO204"
NAME = "tool-beside-bash"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    for resolved in context.toolbox.entries:
        if resolved.outcome is Outcome.BESIDE_BASH:
            yield Problem(
                resolved.entry.span.start,
                f"An agent with Bash does not get `{resolved.tool}`. Remove `{resolved.tool}` or Bash.",
                remove_entry(definition, "tools", resolved.entry),
            )

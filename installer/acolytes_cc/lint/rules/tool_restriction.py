"""A restriction in brackets does not restrict.

## What it does
Reports entries such as `Bash(git *)` and `Read(src/**)` in `tools`, and `Bash(rm *)` in `disallowedTools`.
`Agent(...)` is left alone: its types count for an agent started with `--agent`.

## Why
In `tools` clients 2.1.197 and 2.1.330 ignore the brackets: the agent has all of Bash, and still no permission is
granted. In `disallowedTools` the whole tool is taken away.

## Bad
```yaml
tools: Read, Bash(git *)
```

## Good
```yaml
tools: Read, Bash
```

## How to fix
Restrict with `permissions` in settings.json or with a PreToolUse hook in the frontmatter.

## Source
Both clients run: with `Bash(git *)` an `echo` ran, and `git --version` still asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO207"
NAME = "tool-restriction"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    for key, effect in (
        ("tools", "is ignored: it has all of"),
        ("disallowedTools", "is ignored: it loses all of"),
    ):
        for entry in definition.tool_entries(key):
            tool = context.registry.tool_aliases.get(entry.name, entry.name)
            if entry.specifier and tool in context.registry.tools and tool != "Agent":
                yield Problem(entry.span.start, f"the restriction in {shown(entry.text)} {effect} {tool}")

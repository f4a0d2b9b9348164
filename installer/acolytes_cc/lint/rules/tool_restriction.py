"""A restriction in brackets has no effect.

## What it does
Reports entries such as `Bash(git *)` and `Read(src/**)` in `tools`, and `Bash(rm *)` in `disallowedTools`. The rule
allows `Agent(...)`, which works for an agent that was started with `--agent`.

## Why
In `tools`, clients 2.1.197 and 2.1.330 ignore the brackets. The agent has all of Bash, and still no permission is
granted. In `disallowedTools` they remove the whole tool.

## Bad
```yaml
tools: Read, Bash(git *)
```

## Good
```yaml
tools: Read, Bash
```

## How to fix
Restrict the tool with `permissions` in settings.json, or with a PreToolUse hook in the frontmatter.

## Source
Tested with both clients: with `Bash(git *)`, an `echo` ran, and `git --version` still asked for permission.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO207"
NAME = "tool-restriction"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")

_HOW_TO_FIX = "Use `permissions` in settings.json."


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    for key, verb in (("tools", "gets"), ("disallowedTools", "loses")):
        for entry in definition.tool_entries(key):
            tool = context.registry.tool_aliases.get(entry.name, entry.name)
            if entry.specifier and tool in context.registry.tools and tool != "Agent":
                message = (
                    f"The client ignores the brackets in {quoted(entry.text)}: the agent {verb} all of {tool}. "
                    f"{_HOW_TO_FIX}"
                )
                yield Problem(entry.span.start, message)

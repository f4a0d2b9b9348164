"""Glob or Grep is listed together with Bash.

## What it does
Reports `Glob` and `Grep` in `tools` when the list also has `Bash` or is `*`.

## Why
Native builds of the client on Linux and macOS give these two tools only to an agent without Bash. Otherwise they ignore
the entries without a message. If the prompt asks for the tools, the agent looks for something that it does not have.
On Windows, and in clients installed with npm, the agent gets them. The list `Read, Grep, Glob, Bash` is in the client's
own documentation, so this is only a warning.

## Bad
```yaml
tools: Read, Glob, Grep, Bash
```

## Good
```yaml
tools: Read, Bash
```

## How to fix
Remove the two: with Bash, the agent can search with `rg`, `grep` and `find`. Keep them in an agent that is only for
Windows.

## Source
Tested with native builds of clients 2.1.197, 2.1.330 and 2.1.332 on Linux: with and without Bash. The changelog of
client 2.1.117 names the builds; https://github.com/anthropics/claude-code/issues/52121
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.context.toolbox import Outcome
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_list_fixes import remove_entries
from acolytes_cc.lint.support.tool_lists import by_cause, listed

CODE = "ACO204"
NAME = "tool-beside-bash"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    found = [(None, one.entry) for one in context.toolbox.with_outcome(Outcome.BESIDE_BASH)]
    for _, entries in by_cause(found, context, CODE, NAME):
        tools = listed(entry.name for entry in entries)
        them = "it" if len(entries) == 1 else "them"
        yield Problem(
            entries[0].span.start,
            f"On Linux and macOS, the client's native builds give an agent with Bash no {tools}. "
            f"It can search with Bash: remove {them}.",
            remove_entries(definition, "tools", entries),
        )

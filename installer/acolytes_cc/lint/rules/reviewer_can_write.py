"""A reviewer can change files.

## What it does
Reports an agent whose name ends with `reviewer`, `auditor` or the like, and whose tools include Write or Edit.

## Why
The prompt asks for a review, but the tools let the agent change what it reviews. Client 2.1.330 gives it exactly what
`tools` lists. Of 99 published agents that review or audit, 57 can write.

## Bad
```yaml
name: security-auditor
tools: Read, Write, Edit
```

## Good
```yaml
name: security-auditor
tools: Read, Glob, Grep
```

## How to fix
Remove Write and Edit. If the agent has to write a report, say so in the description.

## Source
A count over 1,874 published definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO211"
NAME = "reviewer-can-write"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "auditor"
KINDS: Kinds = ("agent", "plugin-agent")

_REVIEWER_NAME = re.compile(r"(?:^|[-_. ])(?:review(?:er)?|audit(?:or)?|critic)$", re.IGNORECASE)
_WRITING_DESCRIPTION = re.compile(
    r"\b(?:writes?|rewrites?|creates|fix(?:es)?|reports?|documents?|updates?)\b", re.IGNORECASE
)


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    name, description = definition.field("name"), definition.field("description")
    if name is None or not _REVIEWER_NAME.search(str(name.value.data)):
        return
    if description is not None and _WRITING_DESCRIPTION.search(str(description.value.data)):
        return
    tools = [tool for tool in ("Write", "Edit") if context.toolbox.grants(tool)]
    if tools:
        has = " and ".join(tools)
        # without a list, there is nothing to remove
        fix = f"Write `disallowedTools: {', '.join(tools)}`" if definition.field("tools") is None else f"Remove {has}"
        message = f"This reviewer can change files: it has {has}. {fix}, or say in the description why it writes."
        yield Problem(name.value.span.start, message)

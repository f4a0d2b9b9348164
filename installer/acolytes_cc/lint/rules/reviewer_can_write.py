"""An agent that only judges can change files.

## What it does
Reports an agent whose name says that it reviews or audits and whose tools include Write or Edit.

## Why
Its prompt asks for a judgement and its tools let it change what it judges (2.1.330 gives it exactly what `tools`
resolves to). Of 99 published agents that review or audit 57 can write.

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
Take Write and Edit away, unless it is to write a report: then say so in the description.

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

_JUDGES = re.compile(r"(?:^|[-_. ])(?:review(?:er)?|audit(?:or)?|critic)(?:$|[-_. ])", re.IGNORECASE)
_WRITES = re.compile(r"\b(?:writes?|fix(?:es)?|reports?|documents?|updates?)\b", re.IGNORECASE)


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    name, description = definition.field("name"), definition.field("description")
    if name is None or not _JUDGES.search(str(name.value.data)):
        return
    if description is not None and _WRITES.search(str(description.value.data)):
        return
    tools = [tool for tool in ("Write", "Edit") if context.toolbox.grants(tool)]
    if tools:
        yield Problem(name.value.span.start, f"an agent that judges has {' and '.join(tools)}; does it need them?")

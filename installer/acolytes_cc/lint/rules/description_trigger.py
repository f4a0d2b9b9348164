"""The description does not say when to use the agent.

## What it does
Reports a description that names no occasion. Examples of an occasion are "use when", "use for", "after", "before",
"when the user asks" and "proactively".

The rule skips descriptions that are mostly in a script other than Latin. It also skips those that a `#` cuts, because
ACO106 reports them.

## Why
The main agent sees only the description when it chooses an agent (seen in the requests of client 2.1.330). A list of
topics says what the agent knows, but not when to call it. 49 % of 1,874 published definitions do not say when.

## Bad
```yaml
description: Expert in databases, indexes and query plans.
```

## Good
```yaml
description: Finds slow queries and proposes indexes. Use when a query or a migration is slow.
```

## How to fix
Add a sentence that starts with "Use when", "Use for", "Use after" or "Use proactively".

## Source
https://code.claude.com/docs/en/sub-agents
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.rules.description_cut import cut_at

CODE = "ACO114"
NAME = "description-trigger"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")

_TRIGGER = re.compile(
    r"\b(?:when(?:ever)?|proactively|invoke[ds]?|triggers?|delegate|consult|must be used|should be used|to be used"
    r"|use (?:this|it|me|him|her|them|the|for|to|if|after|before|immediately|as|in|on|during|at|with|by|only|once)"
    r"|used (?:for|to|if|after|before|by|as|in|during)|call (?:this|it|me|on|for|after|before)|ideal for|perfect for"
    r"|for (?:tasks|questions|requests|any)|if (?:you|the user|a user|there)|after (?:writing|every|each|a|an|any|you)"
    r"|dispatched|spawned by|(?:direct|automatic) invocation|ask (?:[\w-]+ ){1,4}to|responds? to"
    r"|before (?:writing|every|each|a|an|any|you|merging|committing|deploying)|reach for|turn to|handles? requests)\b"
)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("description")
    if field is None or not isinstance(field.value.data, str) or not field.value.data or cut_at(definition) is not None:
        return
    description = field.value.data
    if _is_latin(description) and "<example>" not in description and not _TRIGGER.search(description.lower()):
        yield Problem(
            field.value.span.start,
            "The description does not say when to use the agent, so the client may never call it. "
            "Add a sentence: `Use when ...`.",
        )


def _is_latin(text: str) -> bool:
    if text.isascii():
        return True
    letters = [char for char in text if char.isalpha()]
    return sum(map(str.isascii, letters)) * 2 >= len(letters)

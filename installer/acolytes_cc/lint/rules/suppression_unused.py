"""A comment suppresses nothing.

## What it does
Reports an `acolytes: ignore` comment whose rules find nothing on its lines. It is silent when one of its rules is
switched off in this run.

## Why
A suppression that outlives its cause hides the next one, and its words are part of the agent's prompt.

## Bad
```markdown
<!-- acolytes: ignore ACO303 -- an example of a wrong path -->
The path is ~/.claude/agents.
```

## Good
```markdown
The path is ~/.claude/agents.
```

## How to fix
Remove the comment.

## Source
docs/lint.md
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.suppressions import parse

CODE = "ACO902"
NAME = "suppression-unused"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")


def check(_definition: Definition, context: Context) -> Iterator[Problem]:
    # All of them: which of them were used is known when all rules have run (acolytes_cc.lint.engine.apply_policy)
    for comment in context.comments:
        if parse(comment.text):
            yield Problem(comment.offset, "this comment suppresses nothing: remove it")

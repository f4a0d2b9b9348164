"""A suppression comment is not needed.

## What it does
Reports an `acolytes: ignore` comment whose rules find nothing on its lines. The rule is silent when one of these rules
does not exist, or is switched off in this run.

## Why
An unused suppression hides the next finding of its rule. Its words are also part of the agent's prompt.

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
from acolytes_cc.lint.context.suppressions import parse
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO902"
NAME = "suppression-unused"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")


def check(_definition: Definition, context: Context) -> Iterator[Problem]:
    if not context.comments:
        return
    from acolytes_cc.lint.catalogue import find_rule

    # All comments: acolytes_cc.lint.engine.apply_policy removes the used ones after all rules have run
    for comment in context.comments:
        parsed = parse(comment.text)
        if parsed and all(map(find_rule, parsed[1])):  # else the comment is malformed, which is another finding
            yield Problem(
                comment.offset, "This suppression comment is not needed: its rules find nothing here. Remove it."
            )

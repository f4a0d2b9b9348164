"""A comment for the linter says nothing that it understands.

## What it does
Reports a comment that begins with `acolytes:` and does not go on with `ignore` or `ignore-file`, the codes or names of
rules that exist, and a reason after ` -- `.

## Why
It suppresses nothing. The reason is required: whoever reads the definition next must see whether it still holds.

## Bad
```markdown
<!-- acolytes: ignore ACO305 -->
```

## Good
```markdown
<!-- acolytes: ignore ACO305 -- the tool is granted by the caller's settings -->
```

## How to fix
Write the comment as above; in frontmatter as `# acolytes: ignore ACO204 -- why`.

## Source
docs/lint.md
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.suppressions import parse

CODE = "ACO901"
NAME = "suppression-malformed"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")

_SHAPE = "write `acolytes: ignore CODE -- reason`"


def check(_definition: Definition, context: Context) -> Iterator[Problem]:
    if not context.comments:
        return
    from acolytes_cc.lint.catalogue import find_rule, no_such_rule

    for comment in context.comments:
        said = parse(comment.text)
        if said is None:
            lacks = " gives no reason and" if " -- " not in comment.text else ""
            yield Problem(comment.offset, f"{shown(comment.text)}{lacks} suppresses nothing: {_SHAPE}")
            continue
        for name in said[1]:
            if find_rule(name) is None:
                yield Problem(comment.offset, no_such_rule(name))

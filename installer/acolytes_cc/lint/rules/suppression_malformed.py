"""A suppression comment is invalid.

## What it does
Reports an `acolytes:` comment in the wrong form. The right form is `ignore` or `ignore-file`, then codes or names of
existing rules, then ` -- ` and a reason.

## Why
An invalid comment suppresses nothing. The reason is required, so that the next reader can judge whether it is still
true.

## Bad
```markdown
<!-- acolytes: ignore ACO305 -->
```

## Good
```markdown
<!-- acolytes: ignore ACO305 -- the tool is granted by the caller's settings -->
```

## How to fix
Write the comment as shown above. In frontmatter, write `# acolytes: ignore ACO204 -- why`.

## Source
docs/lint.md
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.context.suppressions import parse
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO901"
NAME = "suppression-malformed"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")

_FORM = "`acolytes: ignore CODE -- reason`"


def check(_definition: Definition, context: Context) -> Iterator[Problem]:
    if not context.comments:
        return
    from acolytes_cc.lint.catalogue import find_rule, unknown_rule

    for comment in context.comments:
        parsed = parse(comment.text)
        if parsed is None:
            error = "has the wrong form" if " -- " in comment.text else "gives no reason"
            message = f"{quoted(comment.text)} {error}, so it suppresses nothing. Write {_FORM}."
            yield Problem(comment.offset, message)
            continue
        for name in parsed[1]:
            if find_rule(name) is None:
                yield Problem(comment.offset, unknown_rule(name))

"""A part of the description is YAML syntax.

## What it does
Reports a description that starts with a YAML tag or anchor, such as `!!important` or `&note`. Also reports a
description in quotes with a comment behind it, where the client takes both for text.

## Why
Client 2.1.332 leaves a tag or an anchor out of the description. When the frontmatter is not valid YAML, the client
repairs it line by line. Then the quotes and the comment of such a line become part of the description.

## Bad
```yaml
description: !!important Reviews code
```

## Good
```yaml
description: "!!important Reviews code"
```

## How to fix
Put the whole description in quotes. Remove the comment behind it.

## Source
Tested with client 2.1.332: its list of agents shows the description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.yaml_property import lost_property

CODE = "ACO127"
NAME = "description-syntax"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")

_COMMENT_BEHIND_QUOTES = re.compile(r"""(?:"[^"]*"|'[^']*')[ \t]*#""")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("description")
    if field is None or field.value.kind != "string":
        return
    text = str(field.value.data)
    if lost := lost_property(definition, field):
        message = f"{lost.words}, so the description does not have it. Put the description in quotes."
        yield Problem(lost.offset, message)
    elif _COMMENT_BEHIND_QUOTES.match(text):
        yield Problem(
            field.value.span.start,
            "The frontmatter is not valid YAML, so these quotes and this comment become part of the description. "
            "Remove the comment.",
        )

"""A second frontmatter follows the first.

## What it does
Reports a body that begins with fields of the client and a line `---`, also below a comment.

## Why
Client 2.1.332 reads only the first frontmatter. The fields of the second one are text of the prompt, so an agent with
`tools` there gets all tools. There is no message.

## Bad
```markdown
---
name: reviewer
description: Reviews code. Use after a change is written.
---
tools: Read
---

You review code.
```

## Good
```markdown
---
name: reviewer
description: Reviews code. Use after a change is written.
tools: Read
---

You review code.
```

## How to fix
Move the fields into the first frontmatter. Then remove the lines `---` between and after them.

## Source
Tested with client 2.1.332 on agents, skills and commands with a second frontmatter (`bench/client_truth`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.frontmatter import TOP_KEY
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.yaml_fields import read_fields
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.late_frontmatter import fields_of, second_frontmatter

CODE = "ACO128"
NAME = "frontmatter-second"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill", "command", "output-style")

_COMMENTS = re.compile(r"(?:\s*<!--[\s\S]*?-->)*\s*")
_OPENING = re.compile(r"---[ \t]*\r?\n")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    text, start = definition.text, definition.body_start
    if definition.block is None:
        return
    comments = _COMMENTS.match(text, start)
    opening = _OPENING.match(text, comments.end() if comments else start)
    known = fields_of(definition, context)
    yaml = second_frontmatter(text, opening.end() if opening else start, known, is_opened=opening is not None)
    if yaml is None:
        return
    lost = [key for key, value in _values(text, yaml).items() if key in known and _first(definition, key) != value]
    if lost:
        message = (
            f"The client reads only the first frontmatter, so {quoted(lost[0])} of this second one has no effect. "
            "Make one frontmatter of both."
        )
    else:
        message = "The client takes this second frontmatter for a part of the prompt. Remove it."
    yield Problem(opening.start() if opening else start, message)


def _values(text: str, yaml: Span) -> dict[str, str]:
    """The values of the fields, as they are written; nothing for each of invalid YAML."""
    found = read_fields(text, yaml)
    if found.problem:
        return dict.fromkeys(TOP_KEY.findall(text, *yaml), "")
    return {field.key: text[slice(*field.value.span)] for field in found.fields}


def _first(definition: Definition, key: str) -> str | None:
    field = definition.field(key)
    return definition.text[slice(*field.value.span)] if field else None

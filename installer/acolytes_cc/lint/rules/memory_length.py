"""A CLAUDE.md or a rule is so long that the client warns.

## What it does
Reports a CLAUDE.md, a CLAUDE.local.md or a rule without `paths` with more than 40,000 characters. Comments in HTML do
not count.

## Why
Client 2.1.332 sends the whole file with each request. It shows "is over the 40.0k-char limit" at its start, with a
model that reads 200,000 tokens. With Opus 5.5 the limit is 150,000 characters.

## Bad
```console
$ wc -m CLAUDE.md
52000 CLAUDE.md
```

## Good
```console
$ wc -m CLAUDE.md .claude/rules/sql.md
9000 CLAUDE.md
12000 .claude/rules/sql.md
```

## How to fix
Move parts into rules with `paths`, or into skills. The client loads these only when they are needed.

## Source
Tested with client 2.1.332 in a terminal, with 40,000 characters and with 40,005: Haiku 4.5 and Opus 5.5. An import of
such a length, a rule with `paths` and a comment were tested, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO548"
NAME = "memory-length"
SEVERITY: Severity = "info"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("memory", "rule")

_LIMIT = 40_000
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if len(definition.text) <= _LIMIT or (definition.kind == "rule" and definition.field("paths")):
        return
    length = len(_COMMENT.sub("", definition.body if definition.block else definition.text).strip())
    if length > _LIMIT:
        message = f"This text has {length:,} characters. The client warns from {_LIMIT:,} on. Move parts elsewhere."
        yield Problem(0, message)

"""The frontmatter is not valid YAML.

## What it does
Reports YAML that cannot be parsed, also after the repairs that the client makes. The client puts quotes around values
on one line that contain `: `, `#`, `*`, brackets and the like. It also turns tabs at the start of a line into spaces.

A parser often stops at a correct line below the mistake. So each field is parsed by itself, and the finding is at the
first one that is wrong.

Frontmatter with more than 20,000 separators is not parsed, unless it is plain `key: words` lines. It is reported as
too large to check.

## Why
Clients 2.1.197 and 2.1.330 do not load such an agent. They write one WARN line to the debug file. The client's repair
does not work when the lines end with CR LF, or when another value has several lines (`description: >`). If the block is
a list or a single word, there is not even a WARN line.

## Bad
```yaml
description: "Reviews code" and says why
```

## Good
```yaml
description: Reviews code and says why. Use after a change is written.
```

## How to fix
Put quotes around the whole value, and double each inner quote of the same kind. Or write the value as a block:
`description: >-` with the text indented on the next lines.

`--fix` adds a missing space behind `:`, removes a line `...`, and puts a value in quotes where the client's repair
would do so.

## Source
Tested with both clients on unclosed quotes, text after quotes, wrong indentation, lists and single words. Client
2.1.332 dropped agents with 53 other mistakes, and loaded those that the fix had mended.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.unreadable import unreadable

CODE = "ACO103"
NAME = "frontmatter-unparsable"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent",)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    problem = definition.yaml.problem
    if problem is not None:
        yield unreadable(problem, "The client does not load the agent.")

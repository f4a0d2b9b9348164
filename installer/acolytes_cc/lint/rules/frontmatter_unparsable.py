"""The frontmatter is not YAML that the client can read.

## What it does
Reports the place at which reading fails, after the repairs that the client tries itself: it quotes one-line values
that hold `: `, `#`, `*`, brackets and the like, and turns leading tabs into spaces. Frontmatter with over 20,000
separators that is more than lines of `key: words` is not read at all, and called too large to be judged.

## Why
Clients 2.1.197 and 2.1.330 drop the agent with one WARN line in the debug file. With line ends of CR LF the repair
does not work. A block that is a list or one word, not `key: value` lines, is dropped without any line.

## Bad
```yaml
description: "Reviews code" and says why
```

## Good
```yaml
description: Reviews code and says why. Use after a change is written.
```

## How to fix
Quote the whole value and double an inner quote of the same kind, or write it as a block: `description: >-` and the
text on the next lines, indented.

## Source
Both clients run on unclosed quotes, text after quotes, wrong indentation, lists and scalars.
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
        yield unreadable(problem, ", so the client drops the agent")

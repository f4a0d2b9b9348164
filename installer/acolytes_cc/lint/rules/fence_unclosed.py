"""A code block is not closed.

## What it does
Reports the first line of a code block that has no closing fence. A file in which one block ends at another is left to
the rule `fence-nested`.

## Why
The model reads everything after it as code, also headings and instructions. Client 2.1.330 passes the text to the
model as it is. In a labelled sample, each such block was a mistake.

## Bad
````markdown
```bash
make test

Then report.
````

## Good
````markdown
```bash
make test
```

Then report.
````

## How to fix
Close the block with the same number of the same character.

## Source
16 of 1,874 published definitions.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.context.nested_fences import first_nested, meant_as_end
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO308"
NAME = "fence-unclosed"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    fence = definition.structure.last_fence
    if fence and not fence.closed and not first_nested(definition):
        if (end := meant_as_end(definition, fence)) is not None:
            line = definition.source.position(end).line
            effect, fix = f"for a language follows the fence in line {line}", "Remove that."
        elif definition.text[slice(*fence.span)].strip():
            effect, fix = "so the rest of the text looks like code", "Add a closing fence, or remove this one."
        else:
            effect, fix = "and nothing is in it", "Remove this fence."
        yield Problem(fence.opening, f"This code block is not closed, {effect}. {fix}")

"""A code block ends at the block inside it.

## What it does
Reports the first code block that contains another one with a fence of the same length. After it, opening and closing
fences are taken for each other, so no later block is reported.

## Why
The first closing fence ends the outer block. Then the rest of the example looks like instructions, and its
instructions look like code. Client 2.1.330 passes the text to the model as it is.

## Bad
````markdown
```markdown
Run this:
```bash
make test
```
```
````

## Good
`````markdown
````markdown
Run this:
```bash
make test
```
````
`````

## How to fix
Make the outer fence one character longer.

## Source
32 of 1,874 published definitions. Precision 0.85 in a labelled sample.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.context.nested_fences import first_nested
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO309"
NAME = "fence-nested"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    nested = first_nested(definition)
    if nested is None:
        return
    if nested.is_shifted:
        message = (
            "From this line on, text is read as code and code as text. "
            "Above it, a code fence is missing or left over: add or remove it."
        )
    elif nested.is_end:
        line = definition.source.position(nested.inner).line
        message = f"The fence in line {line} does not close this code block, for a language follows it. Remove that."
    else:
        line = definition.source.position(nested.inner).line
        message = f"The code block in line {line} ends this one too early. Make this fence one character longer."
    yield Problem(nested.opening, message)

"""The client refuses the name.

## What it does
Reports a name that starts with `-`, holds a `:`, or is longer than 256 characters.

## Why
Clients 2.1.197 and 2.1.330 drop an agent whose name starts with `-`; 2.1.330 also the other two, each with an ERROR
line in the debug file. Dots, capitals, spaces, underscores and other scripts are accepted.

## Bad
```yaml
name: team:reviewer
```

## Good
```yaml
name: team.reviewer
```

## How to fix
Take another separator (`.`, `-`), and shorten it.

## Source
Both clients run on each; the `:` is refused since 2.1.218.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO112"
NAME = "name-rejected"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")

_LONGEST = 256


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("name")
    if field is None or not isinstance(field.value.data, str):
        return
    name = field.value.data
    if name.startswith("-"):
        yield Problem(field.value.span.start, "a name must not start with `-`: the client drops the agent")
    if ":" in name:
        yield Problem(field.value.span.start, "a name must not hold `:`: the client drops the agent since 2.1.218")
    if len(name) > _LONGEST:
        yield Problem(
            field.value.span.start, f"a name of {len(name):,} characters: 2.1.330 drops the agent above {_LONGEST}"
        )

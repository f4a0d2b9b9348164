"""A field is set twice.

## What it does
Reports each field of the frontmatter that is set again later.

## Why
Clients 2.1.197 and 2.1.330 use the last value and give no message. A change to the first value has no effect.

## Bad
```yaml
model: haiku
model: opus
```

## Good
```yaml
model: opus
```

## How to fix
Remove all but one.

## Source
Tested with both clients: with `model` twice, the last value was sent.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.values import Field
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity

CODE = "ACO105"
NAME = "duplicate-key"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    for field in definition.yaml.fields:
        last = definition.field(field.key)
        if last is not None and last is not field:
            line = definition.source.position(last.span.start).line
            yield Problem(
                field.span.start,
                f"The client ignores this {quoted(field.key)} because line {line} sets it again. "
                "Remove one of the two.",
                _without(field, definition),
            )


def _without(field: Field, definition: Definition) -> Fix | None:
    """The frontmatter without that field's lines, when they hold nothing else."""
    fields = definition.yaml.fields
    after = fields[fields.index(field) + 1].span.start
    start = definition.text.rfind("\n", 0, field.span.start) + 1
    own_lines = start == field.span.start and definition.text[after - 1] == "\n"
    return Fix((Edit(Span(start, after), ""),), safe=False) if own_lines else None

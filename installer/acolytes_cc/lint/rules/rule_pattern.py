"""A pattern in `paths` of a rule matches no file.

## What it does
Reports a pattern in `paths` of a rule or a skill that cannot match: one that begins with `./`, `../`, `~` or a path
from the root of the disk; one with backslashes, `|` or a missing brace; several with spaces or line breaks between
them; an ending without its `*`; and patterns that only exclude files.

## Why
Client 2.1.332 loads a rule with `paths` when it reads a file that matches one of them. It compares the path from the
root of the project, as in a `.gitignore`. There is no message when nothing can match.

## Bad
```yaml
paths: ./src/**
```

## Good
```yaml
paths: src/**
```

## How to fix
Follow the message.

## Source
Tested with client 2.1.332 on each: it read a file below `src`, and did not load the rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.rule_paths import patterns, why_nothing_matches
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO542"
NAME = "rule-pattern"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("rule", "skill")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("paths") if definition.yaml.problem is None else None
    found = patterns(field.value, definition.text) if field else []
    hints = {one: why_nothing_matches(one.text) for one in found}
    effect = f", so the client never loads this {definition.kind}" if all(hints.values()) else ""
    for one, hint in hints.items():
        if hint is not None:
            yield Problem(one.offset, f"The pattern {quoted(one.text)} matches no file{effect}. {hint}")
    if found and not effect and all(one.text.startswith("!") for one in found):
        message = (
            f"All patterns exclude files, so the client never loads this {definition.kind}. Add one that includes."
        )
        yield Problem(found[0].offset, message)

"""A field is set twice.

## What it does
Reports each field of the frontmatter that is set again later, and each such key of an object in a JSON file. A key
of JSON that has the same value again is not reported: the client does what both say.

## Why
Clients 2.1.197 and 2.1.330 use the last value and give no message. A change to the first value has no effect. With
`permissions` twice, what the first denies is allowed.

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
Tested with both clients: with `model` twice, the last value was sent. Tested with 2.1.332 on settings.json: with
`permissions` twice, the rules of the first did not count; and on a rule: with `paths` twice, it was not loaded for a
file of the first.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.definitions.values import Field, Value
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_lists import merged

CODE = "ACO105"
NAME = "duplicate-key"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = (
    "agent",
    "plugin-agent",
    "skill",
    "command",
    "rule",
    "settings",
    "hooks",
    "plugin",
    "marketplace",
    "mcp",
    "output-style",
)


def check(subject: Subject, _context: Context) -> Iterator[Problem]:
    if isinstance(subject, Definition):
        ignored: dict[str, list[Field]] = {}
        for field in subject.yaml.fields:
            last = subject.field(field.key)
            if last is not None and last is not field:
                ignored.setdefault(field.key, []).append(field)
            else:
                yield from _inside(field.value, subject)
        for key, fields in ignored.items():
            last = subject.field(key)
            if last is not None:
                yield _problem(fields, last, subject, merged(_without(field, subject) for field in fields))
    elif isinstance(subject.root, Value):
        yield from _inside(subject.root, subject)


def _inside(value: Value, subject: Subject) -> Iterator[Problem]:
    for item in value.items:
        yield from _inside(item, subject)
    for field in value.fields:
        last = value.member(field.key)
        if last is field:
            yield from _inside(field.value, subject)
        elif last is not None and _is_lost(field.value, last.value):
            yield _problem([field], last, subject, None)


def _is_lost(first: Value, last: Value) -> bool:
    """Whether a value says something that the value after it does not: one that is the same costs nothing."""
    return bool(first.items or first.fields or first.data is not None) and (
        first.kind != last.kind or first.plain() != last.plain()
    )


def _problem(fields: list[Field], last: Field, subject: Subject, fix: Fix | None) -> Problem:
    line, *others = (subject.source.position(field.span.start).line for field in (last, *fields[1:]))
    also, which = "", "one of the two"
    if others:
        also, which = f", and those in line {', '.join(map(str, others))},", "all but one"
    message = f"The client ignores this {quoted(last.key)}{also} because line {line} sets it again. Remove {which}."
    return Problem(fields[0].span.start, message, fix)


def _without(field: Field, definition: Definition) -> Fix | None:
    """The frontmatter without that field's lines, when they hold nothing else."""
    fields = definition.yaml.fields
    after = fields[fields.index(field) + 1].span.start
    start = definition.text.rfind("\n", 0, field.span.start) + 1
    own_lines = start == field.span.start and definition.text[after - 1] == "\n"
    return Fix((Edit(Span(start, after), ""),), safe=False) if own_lines else None

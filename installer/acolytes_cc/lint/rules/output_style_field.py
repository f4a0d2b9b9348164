"""A field of an output style has no effect.

## What it does
Reports fields of an output style that the client does not read, and `keep-coding-instructions` that is neither true nor
false, or a `name` that is a map or has a ` #`. `force-for-plugin` counts only in the style of a plugin.

## Why
Client 2.1.332 reads `name`, `description` and `keep-coding-instructions`. It gives no message about others: a style
with `model` or `tools` runs with the model and the tools of the session.

## Bad
```yaml
keepCodingInstructions: true
```

## Good
```yaml
keep-coding-instructions: true
```

## How to fix
Correct the name of the field, or remove it.

## Source
Tested with client 2.1.332: a style with `model`, `tools`, `color`, `effort`, `hooks` and others. Apart from the ids of
the session, the request had the same bytes as without them. `true`, `yes`, `on` and `1`, also in quotes or in capitals,
changed the system prompt of Haiku 4.5. That of Opus 5.5 was the same with and without `keep-coding-instructions`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.kinds import placed_kind
from acolytes_cc.definitions.places import place_of
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.late_frontmatter import OUTPUT_STYLE_FIELDS
from acolytes_cc.lint.support.suggest import closest_name

CODE = "ACO544"
NAME = "output-style-field"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("output-style",)

_KEEP, _FORCE = "keep-coding-instructions", "force-for-plugin"
_COMMENT = re.compile(r"[ \t]+#")
_SWITCH = frozenset({"true", "yes", "on", "1", "false", "no", "off", "0"})


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    for field in definition.yaml.fields if definition.yaml.problem is None else ():
        if field.key not in OUTPUT_STYLE_FIELDS:
            meant = closest_name(field.key, OUTPUT_STYLE_FIELDS - {_FORCE})
            hint = f"Did you mean `{meant}`?" if meant else "Remove it."
            yield Problem(field.span.start, f"The client does not read {quoted(field.key)} of an output style. {hint}")
        elif field.key == "name" and not field.value.quoted and _COMMENT.match(definition.text, field.value.span.end):
            yield Problem(field.value.span.start, "YAML reads a comment from the `#` on. Put the name in quotes.")
        elif field.key == "name" and field.value.kind == "map":
            yield Problem(field.value.span.start, "The client cannot use a map as the name of a style. Write a text.")
        elif field.key == _FORCE and _is_of_no_plugin(definition.path):
            yield Problem(field.span.start, f"The client reads `{_FORCE}` only in a plugin. Remove it.")
        elif field.key == _KEEP and field.value.kind != "null" and str(field.value.data).strip().lower() not in _SWITCH:
            yield Problem(
                field.value.span.start, f"The client ignores this value of `{_KEEP}`. Write `true` or `false`."
            )


def _is_of_no_plugin(path: str) -> bool:
    return placed_kind(path) == "output-style" and place_of(os.path.dirname(os.path.abspath(path))).kind == "claude"

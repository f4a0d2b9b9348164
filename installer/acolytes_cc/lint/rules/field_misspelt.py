"""A field is misspelt.

## What it does
Reports a key that the client does not know and that looks like one it knows: other case, `-` or `_` instead of
capitals, a slip of a letter, or the spelling of another file type (`allowed-tools` belongs to skills). Other unknown
keys are left alone: the client ignores them, as their authors expect.

## Why
Clients 2.1.197 and 2.1.330 ignore it. With `allowed-tools: Read` an agent has **all** tools; with `permission-mode:
plan` it has none of that protection. Client 2.1.330 writes a WARN line for some.

## Bad
```yaml
allowed-tools: Read, Grep
```

## Good
```yaml
tools: Read, Grep
```

## How to fix
Use the name that the message gives.

## Source
Both clients run on six such spellings; https://github.com/anthropics/claude-code/issues/27099
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.neutral import shown
from acolytes_cc.lint.rule import Confidence, Context, Persona, Problem, Severity

CODE = "ACO107"
NAME = "field-misspelt"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"

_LONGEST = 40
# The client knows 23; similar names are not looked for among more keys than these.
_MOST = 200


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    known = context.registry.fields
    for field in definition.yaml.fields[:_MOST]:
        meant = None if field.key in known else _meant(field.key, context.registry)
        if meant is not None:
            yield Problem(field.span.start, f"the client ignores {shown(field.key)}; did you mean `{meant}`?")


def _meant(key: str, registry: Registry) -> str | None:
    if key in registry.misspelt_fields:
        return registry.misspelt_fields[key]
    if len(key) > _LONGEST:
        return None
    plain = {_plain(field): field for field in sorted(registry.fields)}
    close = get_close_matches(_plain(key), plain, n=1, cutoff=0.88)
    return plain[close[0]] if close else None


def _plain(key: str) -> str:
    return key.lower().replace("-", "").replace("_", "")

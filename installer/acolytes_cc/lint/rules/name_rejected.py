"""The client does not accept the name.

## What it does
Reports a name that starts with `-`, contains a `:`, or is longer than 256 characters.

## Why
Clients 2.1.197 and 2.1.330 do not load an agent whose name starts with `-`. Client 2.1.330 does not load the other two
either. Each time there is an ERROR line in the debug file. Dots, capital letters, spaces, underscores and other
scripts are valid.

## Bad
```yaml
name: team:reviewer
```

## Good
```yaml
name: team.reviewer
```

## How to fix
Use another separator (`.` or `-`), or a shorter name.

## Source
Tested with both clients on each kind of name. Clients reject the `:` since 2.1.218.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO112"
NAME = "name-rejected"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")

_MOST_CHARACTERS = 256


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("name")
    if field is None or not isinstance(field.value.data, str):
        return
    name = field.value.data
    if name.startswith("-"):
        yield Problem(
            field.value.span.start, "The name starts with `-`, so the client does not load the agent. Remove the `-`."
        )
    if ":" in unicodedata.normalize("NFKC", name):
        colon = "`:`" if ":" in name else "a character like `:`"
        yield Problem(
            field.value.span.start,
            f"The name contains {colon}, so client 2.1.218 and later do not load the agent. Use `.` or `-` instead.",
        )
    length = len(name.encode("utf-16-le", "surrogatepass")) // 2  # the client counts an emoji as two characters
    if length > _MOST_CHARACTERS:
        yield Problem(
            field.value.span.start,
            f"The name has {length:,} characters, so client 2.1.330 does not load the agent. "
            f"Use at most {_MOST_CHARACTERS}.",
        )

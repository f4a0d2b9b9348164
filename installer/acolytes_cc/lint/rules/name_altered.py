"""The client changes the name, or a call can hardly repeat it.

## What it does
Reports a name with spaces at its ends, a line break, a control character, or U+FFFD, which stands for a character that
was lost. Also reports a name that begins with a YAML tag or anchor, such as `!important` or `&base`.

## Why
Clients 2.1.197 and 2.1.330 remove these characters or show them as something else. So the name in the file does not
call the agent. Client 2.1.332 leaves out a tag or an anchor. It keeps a control character and U+FFFD, so only a call
with this character finds the agent.

## Bad
```yaml
name: "  reviewer  "
```

## Good
```yaml
name: reviewer
```

## How to fix
Remove these characters from the name, or put a name with `!` or `&` in quotes.

## Source
Tested with both clients on each kind of character, and with client 2.1.332 by `bench/client_truth --kind reader`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.yaml_property import lost_property

CODE = "ACO116"
NAME = "name-altered"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


_SPACES = " \t\r\n\u00a0\u200b\u3000\ufeff"
_CONTROL = re.compile("[\x00-\x08\n\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029]")

_LOST = "\ufffd"


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    field = definition.field("name")
    if field is None or not isinstance(field.value.data, str) or field.value.data.isspace():
        return
    name = field.value.data
    if lost := lost_property(definition, field):
        message = f"{lost.words}, so the name does not have it. Put the name in quotes."
        yield Problem(lost.offset, message)
        return
    seen = name if name.isprintable() else "".join(char if char.isprintable() else " " for char in name)
    plain = " ".join(seen.split())
    if name.strip(_SPACES) != name or _CONTROL.search(name):
        trimmed = field.value.span if name.strip() == plain else None
        yield Problem(
            field.value.span.start,
            f"A call can hardly repeat the name {quoted(repr(name))}. "
            "Remove spaces at its ends, line breaks and control characters.",
            Fix((Edit(trimmed, plain),)) if trimmed and plain.isidentifier() else None,
        )
    elif _LOST in name and not definition.source.undecodable:  # a byte that is not UTF-8 has a rule of its own
        message = f"The name {quoted(name)} has U+FFFD in place of a character that was lost. Write the right one."
        yield Problem(field.value.span.start, message)

"""A path leads into somebody's home.

## What it does
Reports paths into the home folder of a named user on Linux, macOS or Windows, unless the name is one that stands for
anybody (`user`, `you`, `me` and their like).

## Why
It exists on one machine. Client 2.1.330 passes it to the model, which tries it on the next.

## Bad
An instruction to read the notes in the author's own home folder.

## Good
```markdown
Read docs/style.md first.
```

## How to fix
Write a path relative to the project, or `~`.

## Source
Precision .67 in a labelled sample of published definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO311"
NAME = "home-path"
SEVERITY: Severity = "info"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "pedantic"
KINDS: Kinds = ("agent", "plugin-agent", "skill")

_HOME = re.compile(r"(?<![\w.])(?:/home/|/Users/|[A-Z]:\\\\Users\\\\)(?P<name>[A-Za-z][\w.-]*)")
_CUES = ("/home/", "/Users/", "\\\\Users\\\\")  # a plain look is faster than the expression
_ANYBODY = frozenset({"app", "dev", "me", "name", "node", "runner", "somebody", "ubuntu", "user", "username", "you"})


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if not any(cue in definition.text for cue in _CUES):
        return
    for found in _HOME.finditer(definition.text):
        if found["name"].lower() not in _ANYBODY:
            yield Problem(found.start(), f"{shown(found[0])} exists on one machine only")

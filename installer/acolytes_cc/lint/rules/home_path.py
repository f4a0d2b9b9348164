"""A path is in the home folder of one person.

## What it does
Reports paths in the home folder of a named user on Linux, macOS or Windows. The rule allows names that can mean
anybody (`user`, `you`, `me` and so on).

## Why
The path exists on one machine. Client 2.1.330 passes it to the model, which then tries it on other machines.

## Bad
An instruction to read notes in the author's home folder.

## Good
```markdown
Read docs/style.md first.
```

## How to fix
Write a path relative to the project, or use `~`.

## Source
Precision 0.67 in a labelled sample of published definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO311"
NAME = "home-path"
SEVERITY: Severity = "info"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "pedantic"
KINDS: Kinds = ("agent", "plugin-agent", "skill")

_HOME = re.compile(r"(?<![\w.])(?:/home/|/Users/|[A-Z]:\\\\Users\\\\)(?P<name>[A-Za-z][\w.-]*)")
# A plain search is faster than the expression, and one for two signs, of which one is rare, is the fastest.
_CUES = ("/U", "\\U", "/home/")
_GENERIC_NAMES = frozenset(
    {
        *("agent", "alice", "app", "bob", "dev", "jane", "john", "me", "name", "somebody", "user", "username", "you"),
        *("codespace", "coder", "ec2-user", "jovyan", "linuxbrew", "node", "runner", "shared", "ubuntu", "vscode"),
    }
)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if not any(cue in definition.text for cue in _CUES):
        return
    for match in _HOME.finditer(definition.text):
        if match["name"].lower() not in _GENERIC_NAMES:
            message = f"The home folder {quoted(match[0])} exists on one machine only. Use a relative path or `~`."
            yield Problem(match.start(), message)

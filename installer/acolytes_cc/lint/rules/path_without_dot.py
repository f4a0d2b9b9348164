"""A path says `~/claude/` instead of `~/.claude/`.

## What it does
Reports each `~/claude/` and `$HOME/claude/`, unless the sentence warns against it.

## Why
The client's folder is `~/.claude` (2.1.197 and 2.1.330). Nothing creates a folder without the dot. A command with such
a path fails.

## Bad
```bash
python3 ~/claude/scripts/report.py
```

## Good
```bash
python3 ~/.claude/scripts/report.py
```

## How to fix
Add the dot.

## Source
https://code.claude.com/docs/en/settings
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span, line_start
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.prose import is_denied

CODE = "ACO303"
NAME = "path-without-dot"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")

# An expression that begins with plain letters takes 16 us for a file of 50 KB, `find` 20 to 40.
_FOLDER = re.compile("/claude/")
_HOMES = ("~", "$HOME", "${HOME}")
_GOES_ON = re.compile(r"[\w./~-]")
_REACH = 240


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    for path in _paths(definition.text):
        # In a script, only the line counts: a comment above it is not a warning against the path.
        before = min(_REACH, path.start - line_start(definition.text, path.start))
        line = definition.text[path.start - before : path.end]
        if not is_denied(line, before, len(line)):
            written = definition.text[slice(*path)]
            correct = written.replace("/claude/", "/.claude/")
            message = f"The client's folder is not `{written}`, so commands with this path fail. Write `{correct}`."
            yield Problem(path.start, message, Fix((Edit(path, correct),)))


def _paths(text: str) -> Iterator[Span]:
    """Where a path begins with the home folder and `/claude/`."""
    for folder in _FOLDER.finditer(text):
        at, end = folder.span()
        for home in _HOMES if text[at - 1 : at] in ("~", "E", "}") else ():
            start = at - len(home)
            if text.startswith(home, max(start, 0)) and (start == 0 or not _GOES_ON.match(text, start - 1)):
                yield Span(start, end)

"""A path says `~/claude/` where `~/.claude/` is meant.

## What it does
Reports each `~/claude/` and `$HOME/claude/`, unless the sentence warns against it.

## Why
The client's folder is `~/.claude` (2.1.197 and 2.1.330); nothing makes one without the dot. A command with such a path
fails.

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

_PATH = re.compile(r"(?<![\w./~-])(?:~|\$HOME|\$\{HOME\})/claude/")
_REACH = 240
_LONGEST = len("${HOME}/claude/")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    for found in _paths(definition.text):
        # Of a script only the line counts: a comment above it denies nothing.
        before = min(_REACH, found.start() - line_start(definition.text, found.start()))
        line = definition.text[found.start() - before : found.end()]
        if not is_denied(line, before, len(line)):
            meant = found[0].replace("/claude/", "/.claude/")
            fix = Fix((Edit(Span(*found.span()), meant),))
            yield Problem(found.start(), f"`{found[0]}` is not the client's folder; write `{meant}`", fix)


def _paths(text: str) -> Iterator[re.Match[str]]:
    """The paths, looked for by what never varies in them: that is quick."""
    end = text.find("/claude/")
    while end >= 0:
        found = _PATH.search(text, max(0, end - _LONGEST), end + len("/claude/"))
        if found:
            yield found
        end = text.find("/claude/", end + 1)

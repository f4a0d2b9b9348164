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
_FOLDER = re.compile(r"/claude/(?<=[~E}]/claude/)")
_PATH = re.compile(r"(?<![\w./~-])(?:~|\$HOME|\$\{HOME\})/claude/")
_REACH = 240
_LONGEST = len("${HOME}/claude/")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    for match in _paths(definition.text):
        # In a script, only the line counts: a comment above it is not a warning against the path.
        before = min(_REACH, match.start() - line_start(definition.text, match.start()))
        line = definition.text[match.start() - before : match.end()]
        if not is_denied(line, before, len(line)):
            correct = match[0].replace("/claude/", "/.claude/")
            fix = Fix((Edit(Span(*match.span()), correct),))
            message = f"The client's folder is not `{match[0]}`, so commands with this path fail. Write `{correct}`."
            yield Problem(match.start(), message, fix)


def _paths(text: str) -> Iterator[re.Match[str]]:
    """The paths; their constant part is looked for first."""
    for folder in _FOLDER.finditer(text):
        match = _PATH.search(text, max(0, folder.start() - _LONGEST), folder.end())
        if match:
            yield match

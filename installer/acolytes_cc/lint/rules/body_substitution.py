"""The body expects text to be filled in.

## What it does
Reports `$ARGUMENTS`, lines of `` !`command` `` and lines that are only `@file`.

## Why
These work in slash commands and skills. In the body of an agent, clients 2.1.197 and 2.1.330 leave all three as
written.

## Bad
```markdown
Review $ARGUMENTS.
```

## Good
```markdown
Review the files that the task names.
```

## How to fix
Say in words what the agent has to read or run.

## Source
Tested with both clients on each, the request contained the text as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO310"
NAME = "body-substitution"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")

_SUBSTITUTION = re.compile(
    r"\$ARGUMENTS\b|^[ \t>*-]*(?P<run>!`[^`\n]+`)|^(?P<file>@[\w~.-]*[/.][\w./-]+)[ \t]*\r?$", re.MULTILINE
)

# The agent writes commands for others: "use the $ARGUMENTS placeholder"
_ABOUT_COMMANDS = re.compile(r"placeholder|slash.command|command file|\bvariable", re.IGNORECASE)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    next_offset = definition.body_start
    for cue in _cues(definition):
        line = max(definition.text.rfind("\n", next_offset, cue + 1) + 1, next_offset)
        end = definition.text.find("\n", cue + 1)
        for match in _SUBSTITUTION.finditer(definition.text, line, end if end >= 0 else len(definition.text)):
            start = match.start(match.lastgroup or 0)
            about_commands = _ABOUT_COMMANDS.search(definition.text, line, end if end >= 0 else len(definition.text))
            in_list = definition.text.startswith('", "', start - 4)  # `"allowed-tools", "$ARGUMENTS"`
            if definition.structure.is_prose(start, start + 1) and not (about_commands or in_list):
                text = quoted(match[match.lastgroup or 0])
                message = (
                    f"The client does not replace {text} in an agent, so the model reads it as written. "
                    "Use words instead."
                )
                yield Problem(start, message)
        next_offset = max(next_offset, end)


def _cues(definition: Definition) -> list[int]:
    """The offsets where a match is possible: a plain search is faster than the expression."""
    found = definition.structure.outside("$ARGUMENTS", "!`", "\n@")
    return sorted(offset + word.startswith("\n") for offset, word in found)

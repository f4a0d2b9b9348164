"""The client refuses to run a command in a skill, and the skill with it.

## What it does
Reports `` !`command` `` and blocks that begin with ```` ```! ```` in a skill or a command when the client needs an
approval for the command and `allowed-tools` does not give it, and when the command is only an example.

## Why
Client 2.1.332 runs these commands when the skill is called, also inside a code block. It does not ask the user. When
no rule allows a command, the whole skill is refused: "Shell command permission check failed". Commands that only read,
such as `git status`, need no rule.

## Bad
```markdown
Write commands like this: !`npm test`
```

## Good
```yaml
allowed-tools: Bash(npm test)
```

## How to fix
Allow the command in `allowed-tools`. Remove the `!` of an example, or put a sign before it.

## Source
Tested with client 2.1.332 on 190 commands, each in a skill of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.skill_commands import is_placeholder, refused_part, shell_commands

CODE = "ACO537"
NAME = "skill-command"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("skill", "command")

_LONGEST_SHOWN = 60


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    start = definition.block.body if definition.block else 0
    if "!`" not in definition.text and "```!" not in definition.text:
        return
    granted = [entry.text for entry in definition.tool_entries("allowed-tools")]
    for command in shell_commands(definition.text, start):
        first = command.text.partition("\n")[0]
        shown = quoted(first if len(first) <= _LONGEST_SHOWN else f"{first[: _LONGEST_SHOWN - 3]}...")
        if is_placeholder(command.text):
            message = f"The client tries to run {shown} and refuses the whole {definition.kind}. Remove the `!`."
        elif refused := refused_part(command.text, granted):
            message = (
                f"No rule allows {shown}, so the client refuses the whole {definition.kind}. "
                f"Add {quoted(f'Bash({refused.split()[0]} *)')} to `allowed-tools`, or remove the `!` of an example."
            )
        else:
            continue
        yield Problem(command.offset, message)

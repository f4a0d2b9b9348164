"""The condition of a hook never holds.

## What it does
Reports an `if` that is no valid permission rule for a tool of the client. Also reports text in brackets for a tool
where the client does not compare it, such as WebFetch, Agent and Skill.

## Why
`if` is a permission rule. Client 2.1.332 runs the hook only when the rule matches the call. With `bash(git *)` in lower
case, or without the last bracket, it never does, and there is no message.

## Bad
```json
{"matcher": "Bash", "hooks": [{"type": "command", "command": "./check.sh", "if": "bash(git *)"}]}
```

## Good
```json
{"matcher": "Bash", "hooks": [{"type": "command", "command": "./check.sh", "if": "Bash(git *)"}]}
```

## How to fix
Write the tool as in the matcher, and the pattern in one pair of brackets.

## Source
Tested with client 2.1.332. With `bash(touch *)`, `Bash(`, `Bash(:*)`, `Bash(echo:* hi)`, `Bash('echo hi')`,
`Read(a:*)`, `Write(a:*)`, `WebSearch(abc)` and two rules in one text, no hook ran. With `Write(a.txt)`, `Write(**)`,
`Bash()` and `NotebookEdit(a.ipynb)`, which match nothing in `permissions`, hooks ran. With `WebFetch(domain:a.com)`,
`Skill(a)`, `Agent(a)`, `Task(a)`, `mcp__shop` and `mcp__shop__*`, which work in `permissions`, no hook ran. `WebFetch`,
`Agent` and `mcp__shop__sell` did. A command that the client cannot take apart ran every hook whose `if` names Bash:
each of an open quote, an open bracket, a `for` loop and a here-document, alone in a session of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.context.hook_values import HOOK_KINDS, conditions
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.permission_syntax import why_condition_never_holds

CODE = "ACO506"
NAME = "hook-condition"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = HOOK_KINDS


def check(subject: Subject, context: Context) -> Iterator[Problem]:
    for _, value, text in conditions(subject, context.registry.hooks.tool_events):
        problem = why_condition_never_holds(text, context.registry)
        if problem:
            yield Problem(value.span.start, f"This condition never holds, so the hook never runs. {problem}")

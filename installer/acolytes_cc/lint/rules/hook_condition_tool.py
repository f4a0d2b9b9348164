"""A hook's condition is about a tool that its matcher excludes.

## What it does
Reports an `if` that names a tool which the `matcher` of the same hook does not match.

## Why
Client 2.1.332 runs the hook only when both hold. With the matcher `Read` and the condition `Bash(git *)`, no call does
both, so the hook never runs. There is no message.

## Bad
```json
{"matcher": "Read", "hooks": [{"type": "command", "command": "./check.sh", "if": "Bash(git *)"}]}
```

## Good
```json
{"matcher": "Bash", "hooks": [{"type": "command", "command": "./check.sh", "if": "Bash(git *)"}]}
```

## How to fix
Add the tool to the matcher, or name a tool of the matcher in the condition.

## Source
Tested with client 2.1.332: the hook above in settings.json and in an agent, and calls of Read and of `git status`. It
did not run. The same hook ran with the matcher `Bash`, and without the condition.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.subject import Subject
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.context.hook_values import HOOK_KINDS, conditions
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.matchers import matches
from acolytes_cc.lint.support.permission_syntax import why_condition_never_holds

CODE = "ACO509"
NAME = "hook-condition-tool"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = HOOK_KINDS


def check(subject: Subject, context: Context) -> Iterator[Problem]:
    for entry, value, text in conditions(subject, context.registry.hooks.tool_events):
        tool = text.partition("(")[0]
        # that a condition never holds is for a rule of its own
        if _excludes(entry, tool) and not why_condition_never_holds(text, context.registry):
            message = (
                f"The matcher excludes {quoted(tool)}, so the hook never runs. "
                "Add it there, or name one of its tools here."
            )
            yield Problem(value.span.start, message)


def _excludes(entry: Value, tool: str) -> bool:
    """Whether the matcher does not match the tool; an agent is started by a tool with two names."""
    matcher = entry.member("matcher")
    text = matcher.value.data if matcher else None
    names = ("Task", "Agent") if tool in ("Task", "Agent") else (tool,)
    return isinstance(text, str) and not any(matches(text, name) for name in names)

"""An option of a hook has no effect.

## What it does
Reports a `matcher` of an event that has none, `if` outside of events of tools, `once` outside of skills, and `async` of
a handler that is no command.

## Why
The client's documentation limits them so; 2.1.330 says nothing and runs the hook each time.

## Bad
```json
{"hooks": {"Stop": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "true"}]}]}}
```

## Good
```json
{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "true"}]}]}}
```

## How to fix
Remove the option, or take an event that heeds it.

## Source
https://code.claude.com/docs/en/hooks
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.hook_values import HOOK_KINDS, entries, handlers

CODE = "ACO504"
NAME = "hook-option"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = HOOK_KINDS


def check(subject: Subject, context: Context) -> Iterator[Problem]:
    facts = context.registry.hooks
    for event, entry in entries(subject):
        matcher = entry.member("matcher")
        if matcher and event.key in facts.without_matcher and matcher.value.data not in ("", "*", None):
            yield Problem(matcher.span.start, f"{event.key} has no matcher: the hook runs each time")
        for handler in handlers(entry):
            options = {field.key: field for field in handler.fields if field.value.data not in (None, False)}
            kind = options["type"].value.data if "type" in options else None
            if "if" in options and event.key in facts.events - facts.tool_events:
                yield Problem(options["if"].span.start, f"`if` counts for tools only, not for {event.key}")
            if "once" in options and subject.kind != "skill":
                yield Problem(options["once"].span.start, "`once` counts in skills only")
            if "async" in options and kind in facts.types and kind != "command":
                yield Problem(options["async"].span.start, "`async` counts for commands only")

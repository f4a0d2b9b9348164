"""A hook option has no effect.

## What it does
Reports four options in the wrong place: a `matcher` for an event without matchers, `if` for an event that is not about
tools, `once` outside skills, and `async` for a handler that is not a command. Also reports `if` and `timeout` beside
the list `hooks` in place of inside it, a `timeout` that looks like milliseconds, and two empty values (`null`): `hooks`
of a settings file, and an entry of an event whose hooks cannot deny a tool.

## Why
The client's documentation limits the options in this way. Client 2.1.330 gives no message and runs the hook each time.
With an `if` in the wrong place, client 2.1.332 runs the hook for every call. `timeout` counts seconds: with 5000, a
hook that hangs blocks the session for 83 minutes. Client 2.1.332 ignores an empty value and calls it a mistake. Clients
before 2.1.332 turn off all hooks of an agent with an empty entry.

## Bad
```json
{"hooks": {"Stop": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "true"}]}]}}
```

## Good
```json
{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "true"}]}]}}
```

## How to fix
Remove the option, or choose an event that supports it.

## Source
https://code.claude.com/docs/en/hooks; for `if` and `timeout`, hooks that write a log; for empty values,
`bench/client_truth --kind hooks --kind settings`
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.subject import Subject
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.context.hook_values import BEFORE, HOOK_KINDS, entries, handlers, ignored_entries
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO504"
NAME = "hook-option"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = HOOK_KINDS

_MILLISECONDS = 1000
# What counts only in a hook itself
_OF_HANDLERS = ("if", "timeout")


_NOT_FOR_SUBAGENTS = ("SessionEnd", "SessionStart", "SubagentStart", "UserPromptSubmit")


def check(subject: Subject, context: Context) -> Iterator[Problem]:
    field = subject.field("hooks")
    if field is None:
        return
    hooks = context.registry.hooks
    if subject.kind == "settings" and field.value.kind == "null":
        message = "The client calls `hooks` without a value a mistake, and ignores it. Remove it."
        yield Problem(field.span.start, message)
    for event, entry in ignored_entries(subject):
        message = f"The client ignores this empty entry of {event.key}, but {BEFORE[subject.kind]}. Remove it."
        yield Problem(entry.span.start, message)
    for event, entry in entries(subject):
        if subject.kind == "agent" and event.key in _NOT_FOR_SUBAGENTS:
            message = f"{event.key} does not happen inside an agent, so this hook never runs. Move it to settings.json."
            yield Problem(event.span.start, message)
        matcher = entry.member("matcher")
        is_ignored = event.key in hooks.without_matcher and (subject.kind, event.key) != ("agent", "Stop")
        if matcher and is_ignored and matcher.value.data not in ("", "*", None):
            yield Problem(
                matcher.span.start, f"{event.key} hooks ignore `matcher`, so the hook runs each time. Remove it."
            )
        yield from _misplaced_options(entry)
        for handler in handlers(entry):
            options = {field.key: field for field in handler.fields if field.value.data not in (None, False)}
            timeout = options["timeout"].value.data if "timeout" in options else None
            if isinstance(timeout, int | float) and timeout >= _MILLISECONDS and timeout % _MILLISECONDS == 0:
                message = f"`timeout` counts seconds: this is {timeout / 60:,.0f} minutes. Write {timeout / 1000:g}?"
                yield Problem(options["timeout"].value.span.start, message)
            kind = options["type"].value.data if "type" in options else None
            if "if" in options and event.key in hooks.events - hooks.tool_events:
                yield Problem(
                    options["if"].span.start, f"`if` works only for tool events, not for {event.key}. Remove it."
                )
            if "once" in options and subject.kind != "skill":
                yield Problem(
                    options["once"].span.start, "`once` works only in skills. The client ignores it here. Remove it."
                )
            if "async" in options and kind in hooks.types and kind != "command":
                yield Problem(
                    options["async"].span.start,
                    "`async` works only for commands. The client ignores it here. Remove it.",
                )


def _misplaced_options(entry: Value) -> Iterator[Problem]:
    for option in filter(None, map(entry.member, _OF_HANDLERS)):
        if entry.member("hooks"):
            message = f"The client ignores `{option.key}` beside `hooks`. Move it into each hook of the list."
            yield Problem(option.span.start, message)

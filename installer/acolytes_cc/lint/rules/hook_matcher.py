"""A hook's matcher never matches.

## What it does
Reports matchers that cannot match. For tool events, that is a tool in the wrong case (`bash`), a permission rule
(`Bash(git *)`) or an invalid regular expression. Other events, such as SessionStart, have a fixed list of values. For
them it is a value that is not in the list.

## Why
Clients 2.1.197 and 2.1.330 read a matcher of letters, digits, `_`, `-`, `,`, `|` and spaces as a list of exact names.
They read any other matcher as a regular expression. If it cannot match, there is no message: the hook that should
protect something never runs.

## Bad
```json
{"matcher": "Bash(git *)"}
```

## Good
```json
{"matcher": "Bash"}
```

## How to fix
Match the tool. To narrow it, use `"if": "Bash(git *)"` in the handler.

## Source
Tested with both clients: with `bash`, `Bash(echo *)` and `Bash(`, no hook ran.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.hook_values import HOOK_KINDS, entries

CODE = "ACO503"
NAME = "hook-matcher"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = HOOK_KINDS

_LIST = re.compile(r"[\w\s,|-]*")
_RULE = re.compile(r"(?P<tool>\w+)\(.*\)")
# Errors that both Python and JavaScript report
_BROKEN = ("unterminated", "unbalanced", "nothing to repeat", "missing )")


def check(subject: Subject, context: Context) -> Iterator[Problem]:
    for event, entry in entries(subject):
        matcher = entry.member("matcher")
        if matcher is not None and isinstance(matcher.value.data, str):
            problem = _problem(event.key, matcher.value.data, context.registry)
            if problem:
                yield Problem(
                    matcher.value.span.start, f"This matcher never matches, so the hook never runs. {problem}"
                )


def _problem(event: str, matcher: str, registry: Registry) -> str | None:
    hooks = registry.hooks
    names = [name.strip() for name in re.split("[,|]", matcher)] if _LIST.fullmatch(matcher) else []
    if event in hooks.matcher_values:
        values = hooks.matcher_values[event]
        invalid = [name for name in names if name and name not in values]
        return f"Use one of: {', '.join(values)}." if invalid and len(invalid) == len(names) else None
    if event not in hooks.tool_events or matcher in ("", "*"):
        return None
    if not names:
        return _expression_problem(matcher, registry)
    tools = registry.tools | registry.later_tools.keys() | registry.tool_aliases.keys() | registry.removed_tools.keys()
    lower = {tool.lower(): tool for tool in tools}
    correct = [lower[name.lower()] for name in names if name not in tools and name.lower() in lower]
    return f"Write `{correct[0]}`." if correct else None


def _expression_problem(matcher: str, registry: Registry) -> str | None:
    rule = _RULE.fullmatch(matcher)
    if rule and rule["tool"] in registry.tools:
        return f"Write `{rule['tool']}` here, and put the whole text into `if`."
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python sees nested sets where JavaScript sees a bracket
            re.compile(matcher)
    except (re.error, RecursionError, OverflowError) as error:
        if str(error).startswith(_BROKEN):
            return f"The regular expression is invalid: {error}."
    return None

"""A hook's matcher never matches.

## What it does
Reports, for events of tools, a tool in another case (`bash`), a permission rule (`Bash(git *)`), and an expression that
does not compile; for events with a fixed list of values, such as SessionStart, a value that is none of them.

## Why
Clients 2.1.197 and 2.1.330 take a matcher of letters, digits, `_`, `-`, `,`, `|` and spaces for a list of exact names,
and anything else for a regular expression. One that cannot match is silent: the hook that was to guard something never
runs.

## Bad
```json
{"matcher": "Bash(git *)"}
```

## Good
```json
{"matcher": "Bash"}
```

## How to fix
Match the tool; narrow it by `"if": "Bash(git *)"` in the handler.

## Source
Both clients run with `bash`, `Bash(echo *)` and `Bash(`: none fired.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.printable import shown
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
# What Python's and JavaScript's expressions refuse alike
_BROKEN = ("unterminated", "unbalanced", "nothing to repeat", "missing )")


def check(subject: Subject, context: Context) -> Iterator[Problem]:
    for event, entry in entries(subject):
        matcher = entry.member("matcher")
        if matcher is not None and isinstance(matcher.value.data, str):
            wrong = _wrong(event.key, matcher.value.data, context.registry)
            if wrong:
                yield Problem(matcher.value.span.start, f"this matcher never matches: {wrong}")


def _wrong(event: str, matcher: str, known: Registry) -> str | None:
    facts = known.hooks
    names = [name.strip() for name in re.split("[,|]", matcher)] if _LIST.fullmatch(matcher) else []
    if event in facts.matcher_values:
        values = facts.matcher_values[event]
        odd = [name for name in names if name and name not in values]
        return f"{shown(odd[0])} is none of {', '.join(values)}" if odd and len(odd) == len(names) else None
    if event not in facts.tool_events or matcher in ("", "*"):
        return None
    if not names:
        return _wrong_expression(matcher, known)
    tools = known.tools | known.later_tools.keys() | known.tool_aliases.keys() | known.removed_tools.keys()
    lower = {tool.lower(): tool for tool in tools}
    found = [lower[name.lower()] for name in names if name not in tools and name.lower() in lower]
    return f"write `{found[0]}`" if found else None


def _wrong_expression(matcher: str, known: Registry) -> str | None:
    rule = _RULE.fullmatch(matcher)
    if rule and rule["tool"] in known.tools:
        return f"it is no permission rule; write `{rule['tool']}`, and the rest into `if`"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python sees nested sets where JavaScript sees a bracket
            re.compile(matcher)
    except (re.error, RecursionError, OverflowError) as error:
        if str(error).startswith(_BROKEN):
            return f"the expression is not valid ({error})"
    return None

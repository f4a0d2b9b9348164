r"""A hook's matcher never matches.

## What it does
Reports matchers that cannot match. For tool events, that is a name that no tool has (`bash`, `Bas`, `mcp__github`), a
permission rule (`Bash(git *)`), or a path. Other events, such as SessionStart, have a fixed list of values. For them it
is a value that is not in the list. For Stop in an agent, it is another name than the agent's own. For all events, it is
an expression that JavaScript refuses, and a list without a name.

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
Tested with both clients: with `bash`, `Bash(echo *)` and `Bash(`, no hook ran. Tested with 2.1.332: `Bas`, `Bash Read`,
`(?i)bash`, `Ba++sh`, `Bash**`, `|` and `\p{L}+`, `^start$` for SessionStart, `(shop` for SubagentStop, and Stop in an
agent with the matcher `Read`. What JavaScript takes as an expression was compared with Node on 350,000 random texts.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.context.hook_values import HOOK_KINDS, entries
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.matchers import (
    expression_problem,
    matches,
    name_problem,
    names_of,
    tool_names,
    why_it_matches_nothing,
)

CODE = "ACO503"
NAME = "hook-matcher"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = HOOK_KINDS

_STOP_EVENTS = ("Stop", "SubagentStop")
_LOST = "so the hook never runs"


def check(subject: Subject, context: Context) -> Iterator[Problem]:
    for event, entry in entries(subject):
        matcher = entry.member("matcher")
        if matcher is not None and isinstance(matcher.value.data, str):
            if subject.kind == "agent" and event.key in _STOP_EVENTS:
                problems = _problems_at_stop(subject, matcher.value.data)
            else:
                problems = _problems(event.key, matcher.value.data, context.registry)
            for message in problems:
                yield Problem(matcher.value.span.start, message)


def _problems_at_stop(subject: Subject, matcher: str) -> Iterator[str]:
    """The end of an agent is matched by the agent's name."""
    name = subject.field("name")
    if name is not None and not matches(matcher, str(name.value.data)):
        yield f"For this event the matcher is the agent's name, {_LOST}. Remove the matcher."


def _right_names(names: list[str], registry: Registry) -> str | None:
    """The whole list in the right case, when nothing else is wrong with it."""
    by_lower = {tool.lower(): tool for tool in tool_names(registry)}
    right = [by_lower.get(name.lower(), "") for name in names]
    return f"Write `{'|'.join(right)}`." if all(right) else None


def _problems(event: str, matcher: str, registry: Registry) -> Iterator[str]:
    hooks = registry.hooks
    names = names_of(matcher)
    if event in hooks.matcher_values:
        values = hooks.matcher_values[event]
        if not any(matches(matcher, value) for value in values):
            why = why_it_matches_nothing(matcher) or f"Use one of: {', '.join(values)}."
            yield f"This matcher never matches, {_LOST}. {why}"
        return
    if event not in hooks.tool_events or matcher.strip() in ("", "*"):
        problem = None if event in hooks.without_matcher else why_it_matches_nothing(matcher)
        if problem:
            yield f"This matcher never matches, {_LOST}. {problem}"
        return
    wrong = {name: problem for name in names if (problem := name_problem(name, registry))}
    right = {name.lower() for name in names if name not in wrong}
    if names and len(wrong) == len(names):
        yield f"This matcher never matches, {_LOST}. {_right_names(names, registry) or wrong[names[0]]}"
    elif wrong:
        for name, problem in wrong.items():
            if name.lower() in right:  # the other spelling is there, too
                continue
            yield f"{quoted(name)} in this matcher matches no tool. {problem}"
    elif not names and (problem := expression_problem(matcher, registry)):
        yield f"This matcher never matches, {_LOST}. {problem}"

"""Hooks in the frontmatter: events, matchers, handlers and their options, in right and wrong shapes."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from bench.client_truth.case import Case
from bench.client_truth.kinds.agents.definition import Draft, Maker

from acolytes_cc.lint.support.matchers import matches

# An agent of this kind calls Read twice, with success, and stops.
_EVENTS_THAT_RUN = ("PreToolUse", "PreToolUse", "PostToolUse", "PostToolUse", "Stop", "SubagentStop")
_EVENTS_THAT_DO_NOT = (
    *(
        "SessionStart",
        "SubagentStart",
        "UserPromptSubmit",
        "preToolUse",
        "pre_tool_use",
        "Foo",
        "OnStop",
        "SubAgentStop",
    ),
    *("pretooluse", "PostToolUses", "Stopp", "hooks", "PreTool", "AfterToolUse", "SessionEnd"),
)
_MATCHERS_THAT_MATCH = (
    *("Read", "Read", "*", "", ".*", "Read|Write", "^Read$", "Read, Write", "Read|", "Re.d", "(Read|Edit)", "R.*"),
    *("Read,Edit", "Read | Write", "[A-Z]ead", "Read?", "^(?!Bash)", "\\bRead\\b"),
)
_MATCHERS_THAT_DO_NOT = (
    *(
        "read",
        "Rea",
        "READ",
        "Read && Write",
        "/Read/",
        "'Read'",
        "[Read",
        "Read Write",
        "Bash;Read",
        "Read.py",
    ),
    *(
        "(?i)read",
        "Read++",
        "mcp__server",
        "Read(*)",
        "Read:*",
        "!Bash",
        "Ed",
        "ead",
        "(Read",
        "Read\\",
        "*Read*",
        "Read*x",
    ),
)
_TYPES = ("shell", "Command", "cmd", "http", "prompt", "agent", "mcp_tool", "", 5, None)
_OPTIONS: tuple[tuple[str, Any], ...] = (
    *(("timeout", 5), ("timeout", 0), ("timeout", -1), ("timeout", "5"), ("timeout", 1.5)),
    *(
        ("once", True),
        ("once", "yes"),
        ("async", False),
        ("async", "true"),
        ("statusMessage", "hi"),
        ("statusMessage", 5),
    ),
    *(
        ("shell", "bash"),
        ("shell", "zsh"),
        ("args", []),
        ("args", None),
        ("args", "x"),
        ("foo", "bar"),
        ("description", "x"),
    ),
    *(
        ("if", "Read"),
        ("if", "read(*)"),
        ("if", "Read("),
        ("if", "Read(*)"),
        ("if", "Bash(git *)"),
        ("if", 5),
        ("name", "x"),
    ),
    *(
        ("timeout", None),
        ("if", ""),
        ("if", "Read(nothing)"),
        ("if", "Read(/**)"),
        ("if", "Read(**)"),
        ("matcher", "Read"),
    ),
)


def hooks(random: Random, draft: Draft) -> Case:
    """One hook or two, of which the first may be odd in one way."""
    marks: list[str] = []
    document: dict[str, Any] = {}
    for number in range(random.choice((1, 1, 1, 2))):
        event, entry, mark = _entry(random, draft, number)
        document.setdefault(event, []).append(entry)
        marks += mark
    value: Any = document
    if random.random() < 0.12:
        value = _misshapen(random, document)
        is_empty = isinstance(value, dict) and list(value.values()) == [None]
        marks = [] if is_empty else marks or ["a malformed hook"]
    written = _written(random, value)
    once = [handler["command"].split()[1] for handler in _handlers(document) if handler.get("once")]
    return draft.with_field(written, hooks=marks, hooks_once=once).case("hooks")


def _handlers(document: dict[str, Any]) -> list[dict[str, Any]]:
    entries = [entry for group in document.values() for entry in group if isinstance(entry, dict)]
    groups = [entry.get("hooks") for entry in entries]
    return [one for group in groups if isinstance(group, list) for one in group if "command" in one]


def _entry(random: Random, draft: Draft, number: int) -> tuple[str, Any, list[str]]:
    mark = f"{draft.token}-{number}"
    handler: dict[str, Any] = {"type": "command", "command": f'echo {mark} >> "$CLAUDE_PROJECT_DIR/hooks.log"'}
    event, matcher = random.choice(_EVENTS_THAT_RUN), random.choice(_MATCHERS_THAT_MATCH)
    chance = 1.0 if number else random.random()
    if chance < 0.15:
        event = random.choice(_EVENTS_THAT_DO_NOT)
    elif chance < 0.4:
        event, matcher = random.choice(_EVENTS_THAT_RUN[:4]), random.choice(_MATCHERS_THAT_DO_NOT)
    elif chance < 0.48:
        handler["type"] = random.choice(_TYPES)
    elif chance < 0.54:
        del handler[random.choice(("type", "command"))]
    elif chance < 0.75:
        event = random.choice(_EVENTS_THAT_RUN[:4])
        key, option = random.choice(_OPTIONS)
        handler[key] = option
        if option == "Bash(git *)":
            matcher = random.choice((matcher, "*", "", ".*", "Read|Bash", "^(Read|Bash)$"))
        # such a condition is right, though it does not hold here; but not beside a matcher of another tool
        if option == "Read(nothing)" or (option == "Bash(git *)" and matches(matcher, "Bash")):
            return event, {"matcher": matcher, "hooks": [handler]}, []
    entry: Any = {"matcher": matcher, "hooks": [handler]}
    if random.random() < 0.1 and event in _EVENTS_THAT_RUN:
        del entry["matcher"]
    if chance > 0.97:
        entry = random.choice(
            (handler, [entry], {**entry, "hooks": handler}, {**entry, "hooks": None}, {**entry, "matcher": 5})
        )
    return event, entry, [mark]


def _misshapen(random: Random, document: dict[str, Any]) -> Any:
    event, entries = next(iter(document.items()))
    return random.choice(
        (
            *(document | {event: entries[0]}, {"hooks": document}, [document], "x", True, {event: "x"}, {event: None}),
            *({event: {"hooks": entries[0]}}, {event: [entries]}, {event: [*entries, "x"]}, {event: [*entries, None]}),
        )
    )


def _written(random: Random, value: Any) -> str:
    if random.random() < 0.3:
        return f"hooks: {json.dumps(value)}"
    return "hooks:" + _yaml(value, 1)


def _yaml(value: Any, depth: int) -> str:
    """The value as a YAML block, which follows a key."""
    pad = "\n" + "  " * depth
    if isinstance(value, dict) and value:
        return "".join(f"{pad}{key}:{_yaml(inner, depth + 1)}" for key, inner in value.items())
    if isinstance(value, list) and value:
        return "".join(f"{pad}-{_item(inner, depth)}" for inner in value)
    return "" if value is None else f" {json.dumps(value)}"


def _item(value: Any, depth: int) -> str:
    text = _yaml(value, depth + 1)
    first = "\n" + "  " * (depth + 1)
    return " " + text.removeprefix(first) if text.startswith(first) else text


MAKERS: dict[str, Maker] = {"hooks": hooks}

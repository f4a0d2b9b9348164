"""hooks.json of a plugin: events, matchers, handlers and shapes, right and wrong."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from bench.client_truth.kinds.plugins.changes import VALUES, Change
from bench.client_truth.kinds.plugins.draft import Draft

# What happens in a run of `observe`, and matchers that hold there
_HAPPENING: dict[str, tuple[str | None, ...]] = {
    "PreToolUse": ("Bash", "*", "", None, "Read|Write", "Edit", "B.*", "^(Read|Edit)$", "Write, Edit"),
    "PostToolUse": ("Bash", "Read", ".*", None, "Edit|Write", "(Bash|Read)"),
    "UserPromptSubmit": (None, None, ""),
    "SessionStart": (None, "startup", "startup|resume", "*"),
    "Stop": (None, ""),
}
_NEVER = (
    "bash",
    "Bas",
    "mcp__docs",
    "Bash(echo *)",
    "Read Write",
    "Bash(",
    "(?i)bash",
    "edit",
    "*.py",
    "Shell",
    "Bash;Read",
)
_NO_EVENTS = ("preToolUse", "PreTooluse", "pre_tool_use", "BeforeTool", "OnStop", "Start", "PreCommit", "AfterEdit")


def _file(random: Random, draft: Draft, *events: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A file of hooks with these events, and often one more that is fine."""
    hooks: dict[str, Any] = {}
    for event in events:
        hooks.update(event)
    if random.random() < 0.5 and "SessionStart" not in hooks:
        hooks.update(draft.hook("SessionStart", None))
    content = {"hooks": hooks, **more}
    draft.add("hooks/hooks.json", content)
    return content


def good(random: Random, draft: Draft) -> None:
    """Hooks that run."""
    events = random.sample(list(_HAPPENING), random.choice((1, 1, 2, 3)))
    options = random.choice(
        ({}, {}, {"timeout": 30}, {"timeout": 1.5}, {"statusMessage": "x"}, {"async": False}, {"shell": "bash"})
    )
    made = [draft.hook(event, random.choice(_HAPPENING[event]), **options) for event in events]
    _file(random, draft, *made, **random.choice(({}, {}, {"description": "What they do."})))


def matchers(random: Random, draft: Draft) -> None:
    """Matchers that never hold."""
    _file(random, draft, draft.hook(random.choice(("PreToolUse", "PostToolUse")), random.choice(_NEVER)))


def values(random: Random, draft: Draft) -> None:
    """A key of a handler or an entry with some value."""
    event = random.choice(("PreToolUse", "PostToolUse", "SessionStart", "UserPromptSubmit"))
    made = draft.hook(event, "Bash" if "Tool" in event else None)
    entry = made[event][0]
    if random.random() < 0.25:
        key, value = random.choice(("matcher", "hooks", "own")), random.choice(VALUES)
        if (key, value) == ("hooks", []):
            draft.wants.pop()
        if key == "matcher" and event == "UserPromptSubmit" and value in ("text", "./x"):
            draft.wants.append("only with this matcher")  # but the event has none
        entry[key] = value
    else:
        keys = ("type", "command", "timeout", "args", "shell", "async", "statusMessage", "once", "own", "asyncRewake")
        key, value = random.choice(keys), random.choice((*VALUES, 60, "bash", "command", "powershell"))
        if key == "command" and isinstance(value, str):
            draft.wants.pop()  # it is another command, which leaves no mark
        if key == "once" and value is True:
            draft.wants.append("only once")  # but that is for skills: the client runs it each time
        entry["hooks"][0][key] = value
    _file(random, draft, made)


def missing(random: Random, draft: Draft) -> None:
    """A handler or an entry that lacks a key."""
    event = random.choice(("PreToolUse", "PostToolUse", "Stop"))
    made = draft.hook(event, None)
    del made[event][0]["hooks"][0][random.choice(("type", "command"))]
    _file(random, draft, made)


def flat(random: Random, draft: Draft) -> None:
    """Shapes in which the levels are wrong."""
    event = random.choice(("PreToolUse", "PostToolUse", "Stop", "SessionStart"))
    made = draft.hook(event, None)
    entry = made[event][0]
    shaped = random.choice(
        (entry["hooks"], entry, entry["hooks"][0], [entry["hooks"]], "echo x", [entry["hooks"][0]["command"]])
    )
    _file(random, draft, {event: shaped})


def events(random: Random, draft: Draft) -> None:
    """Events that the client does not know."""
    made = draft.hook("X", random.choice(("Bash", None)))
    _file(random, draft, {random.choice(_NO_EVENTS): made["X"]})


def conditions(random: Random, draft: Draft) -> None:
    """The `if` of a handler."""
    event = random.choice(("PreToolUse", "PreToolUse", "PostToolUse", "SessionStart"))
    right = ("Bash", "Bash(*)", "Bash(sh *)", "Bash(sh:*)", "Read", "Read(**)", "Write(**/new.txt)")
    wrong = ("bash(sh *)", "Bash(sh *", "Bash(", "sh *", "Bash(sh *), Read")
    _file(random, draft, draft.hook(event, None, **{"if": random.choice((*right, *wrong))}))


def tops(random: Random, draft: Draft) -> None:
    """The top of the file."""
    made = draft.hook(random.choice(("PreToolUse", "PostToolUse", "Stop")), None)
    content = random.choice(
        (made, {"hooks": [made]}, {"hooks": {"hooks": made}}, [made], {"Hooks": made}, {"hooks": made, "own": 1})
    )
    text = json.dumps(content, indent=2)
    shaped = (
        text,
        text,
        text,
        "\ufeff" + text,
        text[:-1] + ",}",
        "// x\n" + text,
        text.replace("\n", "\r\n"),
        "",
        "null",
        "{}",
    )
    draft.add("hooks/hooks.json", random.choice(shaped))


def scripts(random: Random, draft: Draft) -> None:
    """A script of the plugin as the command."""
    made = draft.hook("PreToolUse", "Bash")
    handler = made["PreToolUse"][0]["hooks"][0]
    body = "#!/bin/sh\n" + handler["command"] + "\n"
    place = random.choice(("hooks/check.sh", "scripts/check.sh"))
    draft.add(place, body if random.random() < 0.6 else body[len("#!/bin/sh\n") :])
    root = random.choice(("${CLAUDE_PLUGIN_ROOT}/", '"${CLAUDE_PLUGIN_ROOT}"/', "$CLAUDE_PLUGIN_ROOT/", "./", ""))
    start = random.choice(("", "", "bash "))
    is_there = "PLUGIN" not in root or random.random() < 0.7
    handler["command"] = start + root + (place if is_there else "scripts/missing.sh")
    _file(random, draft, made)


HOOKS: tuple[Change, ...] = (
    good,
    good,
    good,
    good,
    matchers,
    values,
    values,
    missing,
    flat,
    events,
    conditions,
    tops,
    scripts,
)

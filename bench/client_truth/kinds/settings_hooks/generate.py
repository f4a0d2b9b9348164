"""One hook a case. `LOG` in a command or script writes down that the case's hook ran."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import count
from random import Random
from typing import Any

from bench.client_truth.case import Case
from bench.client_truth.kinds.permissions.forms import FORMS, WHOLE_TOOLS, Call, bash
from bench.client_truth.kinds.permissions.generate import slipped

_SLIP_SHARE = 0.2
_LETTERS = "bcdfghjkmnpqrstvwxz"
# Every session has these: matchers are written for them.
CALLS: tuple[Call, ...] = (
    bash("echo shop"),
    Call("Read", {"file_path": "/%/shop/data.txt"}),
    Call("Write", {"file_path": "/%/shop/new.txt", "content": "new"}),
    Call("WebFetch", {"url": "http://shop.example.invalid/", "prompt": "read"}),
    Call("mcp__shop__sell", {}),
    Call("Skill", {"skill": "shop"}),
    Call("Agent", {"description": "work", "prompt": "work", "subagent_type": "shop", "run_in_background": False}),
)
_MATCHERS: tuple[str, ...] = (
    *("Bash", "*", "", ".*", "Edit|Write", "Bash|Read", "mcp__shop__.*", "mcp__.*", "mcp__shop__sell", "^Bash$"),
    *("(Bash|Read)", "Ba.*", "Bash,Read", "Bash, Read", "Write|Edit|MultiEdit", "Task", "Agent", "[BR]ead", "Skill"),
    *("(?!Read).*", "\\bBash\\b", "Bash|", "Edit | Write", "Read|Glob|Grep", "WebFetch|WebSearch", "^(Write|Edit)$"),
    *(
        "Write.*",
        "Bash|bash",
        "Notebook.*|Read",
        ".+",
        "mcp__.*__sell",
        "mcp__shop__sell|Bash",
        "Skill|Task",
        "B[a-z]+",
    ),
)
# No names such as mcp__shop__buy: no file says which tools a server has
_ODD_MATCHERS: tuple[str, ...] = (
    *("bash", "BASH", "Bas", "Bash(git *)", "Bash(*)", "Bash(git:*)", "mcp__shop", "mcp__shop__", "mcp__shop__*"),
    *("*Bash", "Bash*", "**", "Edit:.*\\.py", "*.py", "**/*.py", "Bash && Read", "Bash Read", "Bash;Read"),
    *("/Bash/", "^bash$", "(?i)bash", "Ba++sh", "Bash(", "[Bash", "tool:Bash", "Shell", "Editt", "edit|write"),
    *("Bash:git", "!Read", "all", "any", "None", "write|edit", "Bash/Read", "Bash||Read", "(Bash", "Bash)", "+", "?"),
    *(
        "mcp:shop:sell",
        "mcp_shop_sell",
        "shop",
        "sell",
        "MCP__shop__sell",
        "mcp__*",
    ),
    *("Bash(git commit)", "Write(*.py)", "tool_name == 'Bash'", 'tool == "Write"', "Bash.git", "read", "ReadFile"),
    *("Bash$", "^Ba", "Bash|(", "\\Bash", '"Bash"', "'Bash'", "Bash,", ",Bash", " Bash ", "Bash\\|Read", "BashTool"),
    *(
        "(?:Bash)",
        "(?<name>Bash)",
        "(?P<name>Bash)",
        "Bash{1}",
        "Ba{1,2}sh",
        "[[:alpha:]]+",
        "\\w+",
        "\\p{L}+",
        "Bash#x",
    ),
    *("Bash**", "Bash{2,1}", "[h-B]ash", "Bas[]", "Bash{,2}", "Bash\\", "Bash|+", "(?i:bash)", "(?<=B)ash", "Bash$*"),
    *(
        "(?#all)Bash",
        "(?>Bash)",
        "Bash(?=x",
        "Bas[h-]",
        "Bas[^]",
        "Bash\\Z",
        "\\ABash",
        "^*Bash",
        "(?<!x)Bash",
        "Bash*?",
    ),
)
EVENTS: Mapping[str, tuple[str, ...]] = {
    # an event that happens in every session, and names that people write for it
    "SessionStart": ("sessionStart", "session_start", "OnSessionStart", "SessionStarted", "Startup", "Sessionstart"),
    "UserPromptSubmit": ("userPromptSubmit", "UserPrompt", "PromptSubmit", "UserPromptSubmitted"),
    "PreToolUse": (
        "preToolUse",
        "PreTool",
        "pre_tool_use",
        "BeforeToolUse",
        "PreToolCall",
        "PretoolUse",
        "PreToolUses",
    ),
    "PostToolUse": (
        "postToolUse",
        "PostTool",
        "post_tool_use",
        "AfterToolUse",
        "PostToolCall",
        "PostEdit",
        "PostToolUsed",
    ),
    "Stop": ("stop", "OnStop", "Stopped", "SessionStop", "STOP"),
    "SubagentStop": ("subagentStop", "SubAgentStop", "AgentStop", "subagent_stop"),
    "SubagentStart": ("subagentStart", "SubAgentStart", "AgentStart"),
    "SessionEnd": ("sessionEnd", "OnSessionEnd", "session_end", "SessionClose"),
}
_SESSION_MATCHERS = {
    "SessionStart": (
        ("startup", "*", "", "startup|resume", ".*", "start.*", "^startup$", "(startup|resume)"),
        ("start", "Startup", "new", "begin", "boot", "^start$", "new.*", "startup**", "(startup", "session:start"),
    ),
    "SessionEnd": (("other", "*", "", "oth.*", "^(other|clear)$"), ("Other", "end", "quit", "end.*", "other)", "?")),
    "SubagentStart": (("shop", "*", "", "sh.*"), ()),
    "SubagentStop": (("shop", "*", "", "shop|other"), ()),
}
_SCRIPT = "#!/bin/sh\nLOG\n"
# a command, its script with the path below the project, and whether the file may be run
_SCRIPTS: tuple[tuple[str, str, str], ...] = (
    ("$CLAUDE_PROJECT_DIR/.claude/hooks/@.sh", ".claude/hooks/@.sh", _SCRIPT),
    ('"$CLAUDE_PROJECT_DIR"/.claude/hooks/@.sh', ".claude/hooks/@.sh", _SCRIPT),
    ('"${CLAUDE_PROJECT_DIR}/.claude/hooks/@.sh" --all', ".claude/hooks/@.sh", _SCRIPT),
    (".claude/hooks/@.sh", ".claude/hooks/@.sh", _SCRIPT),
    ("./.claude/hooks/@.sh", ".claude/hooks/@.sh", _SCRIPT),
    ("bash .claude/hooks/@.sh", ".claude/hooks/@.sh", "LOG\n"),
    ("bash $CLAUDE_PROJECT_DIR/.claude/hooks/@.sh", ".claude/hooks/@.sh", "LOG\n"),
    ('sh "$CLAUDE_PROJECT_DIR/.claude/hooks/@.sh"', ".claude/hooks/@.sh", _SCRIPT),
    ("$CLAUDE_PROJECT_DIR/.claude/hooks/@.sh", ".claude/hooks/@.sh", "LOG\n"),
    ("$CLAUDE_PROJECT_DIR/.claude/hooks/@.sh", ".claude/hook/@.sh", _SCRIPT),
    ("$CLAUDE_PROJECT_DIR/.claude/hooks/@", ".claude/hooks/@.sh", _SCRIPT),
    ("$CLAUDE_PROJECT_DIR/hooks/@.sh", ".claude/hooks/@.sh", _SCRIPT),
    (".claude/hooks/@.sh", ".claude/hooks/@.sh", "LOG\n"),
    ("./hooks/@.sh", ".claude/hooks/@.sh", _SCRIPT),
    ("hooks/@.sh", ".claude/hooks/@.sh", _SCRIPT),
    ("bash .claude/hooks/@.sh", ".claude/scripts/@.sh", _SCRIPT),
    ("python3 $CLAUDE_PROJECT_DIR/.claude/hooks/@.py", ".claude/hooks/@.sh", _SCRIPT),
    ("node .claude/hooks/@.js", ".claude/hooks/@.sh", _SCRIPT),
    ("$CLAUDE_PROJECT_DIR/.claude/hooks/@.sh", ".claude/hooks/@.sh", "#!/usr/bin/env nosuchshell\nLOG\n"),
    ("$CLAUDE_PROJECT_DIR/.claude/hooks/@.sh", ".claude/hooks/@.sh", "#!/opt/nosuch/bash\nLOG\n"),
    ("$CLAUDE_PROJECT_DIR/.claude/hooks/@.sh", ".claude/hooks/@.sh", "#!/bin/sh\r\nLOG\r\n"),
    ("$CLAUDE_PROJECT_DIR/.claude/hooks/@.sh", ".claude/hooks/@.sh", "\ufeff#!/bin/sh\nLOG\n"),
    ("$CLAUDE_PROJECT_DIR/.claude/hooks/@.sh", ".claude/hooks/@.sh", "\n#!/bin/sh\nLOG\n"),
    ("$CLAUDE_PROJECT/.claude/hooks/@.sh", ".claude/hooks/@.sh", _SCRIPT),
    ("$PROJECT_DIR/.claude/hooks/@.sh", ".claude/hooks/@.sh", _SCRIPT),
    ("{CLAUDE_PROJECT_DIR}/.claude/hooks/@.sh", ".claude/hooks/@.sh", _SCRIPT),
    ("'$CLAUDE_PROJECT_DIR/.claude/hooks/@.sh'", ".claude/hooks/@.sh", _SCRIPT),
    ("${CLAUDE_PLUGIN_ROOT}/.claude/hooks/@.sh", ".claude/hooks/@.sh", _SCRIPT),
    ("test -f shop/data.txt && $CLAUDE_PROJECT_DIR/.claude/hooks/@.sh", ".claude/hooks/@.sh", _SCRIPT),
    ("cd $CLAUDE_PROJECT_DIR && .claude/hooks/@.sh", ".claude/hooks/@.sh", _SCRIPT),
)


def generate(random: Random) -> Iterator[Case]:
    """Cases without end, in five sorts."""
    makers = (_of_matcher, _of_matcher, _of_condition, _of_condition, _of_event, _of_script)
    for number in count():
        name = random.choice(_LETTERS) + random.choice(_LETTERS) + f"{number}x"
        yield random.choice(makers)(random, name)


def _of_matcher(random: Random, name: str) -> Case:
    event = random.choice(("PreToolUse", "PostToolUse"))
    if random.random() < 0.25:
        event, (right, wrong) = random.choice(list(_SESSION_MATCHERS.items()))
        matcher = random.choice((*right, *wrong))
    else:
        matcher = random.choice(random.choice((_MATCHERS, _ODD_MATCHERS, _ODD_MATCHERS)))
        is_one = matcher and "mcp" not in matcher and not re.search("[|,]", matcher)  # of a list, a part may be lost
        if is_one and random.random() < _SLIP_SHARE:
            matcher = slipped(random, matcher)
        if "Web" in matcher:  # the page cannot be read, and only calls that succeed reach PostToolUse
            event = "PreToolUse"
    return _case(name, event, {"matcher": matcher, "hooks": [_log(name)]})


def _of_condition(random: Random, name: str) -> Case:
    form, call = random.choice((*FORMS, *FORMS, *WHOLE_TOOLS))
    while call.tool == "NotebookEdit":
        form, call = random.choice(FORMS)
    event = random.choice(("PreToolUse", "PreToolUse", "PostToolUse"))
    if event == "PostToolUse":  # only calls that succeed reach it
        form, call = random.choice(
            [(one, of) for one, of in FORMS if of.tool in ("Read", "Write") or of.tool[:3] == "mcp"]
        )
    if random.random() < _SLIP_SHARE:
        form = slipped(random, form)
    condition = form.replace("@", name)
    tool = call.tool.replace("@", name)
    given = {key: value.replace("@", name) if isinstance(value, str) else value for key, value in call.input.items()}
    matcher = "mcp__shop__.*" if tool.startswith("mcp__") else tool
    entry = {"matcher": matcher, "hooks": [{**_log(name), "if": condition}]}
    return _case(name, event, entry, calls=[{"tool": tool, "input": given}])


def _of_event(random: Random, name: str) -> Case:
    event, others = random.choice(list(EVENTS.items()))
    written = random.choice((event, event, *others))
    handler = _log(name)
    if random.random() < 0.4:
        handler["timeout"] = random.choice((5, 60, 600, 0.5, 30.0))
    entry: dict[str, Any] = {"hooks": [handler]}
    if random.random() < 0.3 and event in ("PreToolUse", "PostToolUse"):
        entry["matcher"] = "*"
    return _case(name, written, entry)


def _of_script(random: Random, name: str) -> Case:
    command, path, text = random.choice(_SCRIPTS)
    event = random.choice(("SessionStart", "PreToolUse", "Stop", "UserPromptSubmit"))
    if command.startswith("python3"):  # it ends with code 2, which blocks the prompt and the calls of all cases
        event = "SessionStart"
    entry: dict[str, Any] = {"hooks": [{"type": "command", "command": command.replace("@", name)}]}
    if event == "PreToolUse":
        entry["matcher"] = "Bash"
    return _case(name, event, entry, {path.replace("@", name): text.replace("LOG", _logging(name))})


def _logging(name: str) -> str:
    return f'echo {name} >> "${{HOOK_LOG:-hooks.log}}"'


def _log(name: str) -> dict[str, Any]:
    return {"type": "command", "command": _logging(name)}


def _case(
    name: str,
    event: str,
    entry: dict[str, Any],
    files: Mapping[str, str] | None = None,
    calls: list[dict[str, Any]] | None = None,
) -> Case:
    return Case(
        id=f"hook-{name}",
        kind="settings_hooks",
        files={".claude/settings.json": json.dumps({"hooks": {event: [entry]}}, indent=2) + "\n", **(files or {})},
        intent={"name": name, "event": event, "entry": entry, "calls": calls or []},
    )

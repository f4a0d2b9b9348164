r"""The command of a hook cannot work as it is written.

## What it does
Reports commands that start with a variable that the client does not set, such as `$CLAUDE_PROJECT`, with
`{CLAUDE_PROJECT_DIR}` without `$`, with a variable in single quotes, or, in settings, with `${CLAUDE_PLUGIN_ROOT}`.
Also reports `$CLAUDE_FILE_PATHS`, `$CLAUDE_TOOL_INPUT` and `$CLAUDE_TOOL_NAME`, and a whole command line beside `args`.

## Why
The shell replaces an unknown variable by nothing, and does not replace one in single quotes. It then looks for
`/.claude/hooks/check.sh` at the root of the disk. The hook fails, stops nothing, and only the debug file says so. With
`args`, the client uses no shell, and takes the whole command for the name of a program. What the tool does, with which
file, is only in the JSON on standard input.

## Bad
```json
{"type": "command", "command": "$CLAUDE_PROJECT/.claude/hooks/check.sh"}
```

## Good
```json
{"type": "command", "command": "\"$CLAUDE_PROJECT_DIR\"/.claude/hooks/check.sh"}
```

## How to fix
Write `"$CLAUDE_PROJECT_DIR"/` and the path, or the path as the message says.

## Source
Tested with client 2.1.332: hooks with each of these forms, and a script that writes a log. None ran. The three
variables were empty before and after a tool call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.context.hook_values import HOOK_KINDS, entries, handlers
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO508"
NAME = "hook-command"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = HOOK_KINDS

_START = r"(?:(?:ba|z|da)?sh\s+|python[\d.]*\s+|node\s+)?"
_UNKNOWN = re.compile(
    _START + r"\"?\$\{?(?P<name>CLAUDE_(?:PROJECT|PROJECT_ROOT|PROJECT_PATH|ROOT|DIR|HOME)|PROJECT_(?:DIR|ROOT))\}?\"?/"
)
_BARE = re.compile(_START + r"\"?\{(?P<name>CLAUDE_(?:PROJECT_DIR|PLUGIN_ROOT))\}")
_QUOTED = re.compile(_START + r"'\$\{?(?P<name>CLAUDE_(?:PROJECT_DIR|PLUGIN_ROOT))\}?[^']*'")
_OF_TOOL = re.compile(
    r"\$(?:\{(?P<braced>CLAUDE_(?:FILE_PATHS|TOOL_INPUT|TOOL_NAME))\}"
    r"|(?P<plain>CLAUDE_(?:FILE_PATHS|TOOL_INPUT|TOOL_NAME))\b)"
)
_IN_INPUT = {"FILE_PATHS": ".tool_input.file_path", "TOOL_INPUT": ".tool_input", "TOOL_NAME": ".tool_name"}
_PLUGIN = re.compile(_START + r"\"?\$\{?CLAUDE_PLUGIN_ROOT\b")


def check(subject: Subject, _context: Context) -> Iterator[Problem]:
    env = subject.field("env")
    own = {field.key for field in env.value.fields} if env else set()
    for _, entry in entries(subject):
        for handler in handlers(entry):
            command = handler.member("command")
            if command and isinstance(command.value.data, str):
                text = command.value.data.strip()
                problem = _problem(text, own, is_settings=subject.kind == "settings")
                args = handler.member("args")
                if args and args.value.kind == "list" and " " in text and "/" not in text.split()[0]:
                    problem = f"With `args`, {quoted(text)} is the name of one program: move its arguments into `args`"
                variable = _variable_of_tool(text, own) if "$" in text and not problem else None
                if variable:
                    where = _IN_INPUT[variable.removeprefix("CLAUDE_")]
                    message = f"The client does not set `{variable}`. Read `{where}` from the JSON on standard input."
                    yield Problem(command.value.span.start, message)
                if problem:
                    yield Problem(command.value.span.start, f"{problem}, so the hook fails and stops nothing.")


def _variable_of_tool(command: str, own: set[str]) -> str | None:
    """A variable that people expect to say what the tool does; the command may set one itself."""
    found = _OF_TOOL.search(command)
    name = (found["braced"] or found["plain"]) if found else ""
    return name if name and name not in own and not re.search(rf"\b{name}=|read .*{name}", command) else None


def _problem(command: str, own: set[str], *, is_settings: bool) -> str | None:
    unknown = _UNKNOWN.match(command)
    if unknown and unknown["name"] not in own:
        return f"The client does not set `{unknown['name']}`, it sets `CLAUDE_PROJECT_DIR`"
    if bare := _BARE.match(command):
        return f"`{bare['name']}` needs a `$` in front of the bracket"
    if quoted := _QUOTED.match(command):
        return f"The shell does not replace `{quoted['name']}` in single quotes: use double ones"
    if is_settings and _PLUGIN.match(command):
        return "Only hooks of plugins have `CLAUDE_PLUGIN_ROOT`, settings have `CLAUDE_PROJECT_DIR`"
    return None

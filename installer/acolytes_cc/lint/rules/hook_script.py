"""The script of a hook is missing, not executable, or has no interpreter.

## What it does
Looks for the script that a hook's command starts with, when its path begins with `$CLAUDE_PROJECT_DIR`,
`${CLAUDE_PLUGIN_ROOT}` or, in settings of a project, with a folder; in the user's settings, with `~/`. Also reads the
first line of a script that is run without an interpreter. In a plugin, also reports a path to one of its scripts that
begins with neither variable.

## Why
The shell then ends with code 127 (missing) or 126 (not executable). For the client that is an error that blocks
nothing: the tool that the hook should stop runs, and the only message is in the debug file. But `python3` and `sh` end
with code 2, so every tool is blocked. A hook of a plugin runs in the folder of the session. So a path such as
`hooks/check.sh` is looked for in the project of the user.

## Bad
```json
{"type": "command", "command": "$CLAUDE_PROJECT_DIR/.claude/hooks/chekc.sh"}
```

## Good
```json
{"type": "command", "command": "$CLAUDE_PROJECT_DIR/.claude/hooks/check.sh"}
```

## How to fix
Correct the path, add the script, run `chmod +x` on it, or correct its first line.

## Source
Tested with client 2.1.332 in `-p` mode. The code was 127 for a missing script and 126 for one that is not executable,
in PreToolUse, PostToolUse, UserPromptSubmit, Stop, SessionStart and PermissionRequest. The session went on each time.
After PreToolUse, Bash ran, and after UserPromptSubmit, the prompt was sent. An executable script that ends with code 2
stopped both, and so did `python3` and `sh` without their script. With a first line that names a missing program, or
that ends with a carriage return, no script ran. For other events,
https://code.claude.com/docs/en/hooks says that only code 2 blocks.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.file_references import Reference
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.context.surroundings import Surroundings
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO507"
NAME = "hook-script"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


_USES = ("program", "script", "blocking-script", "bare-script")
_FIRST_LINE = re.compile(rb"#!\s*(?P<program>\S+)(?:[ \t]+(?P<argument>[\w.+-]+))?")


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    for file, one, path in project.references():
        if one.use not in _USES:
            continue
        in_home = one.path.startswith("~/")
        if in_home != (file.kind == "settings" and _is_users(file.path)):
            continue  # the home of others, or the project in which a user's hook runs, is not known
        trouble = _trouble(project.surroundings, one, Path.home() / one.path[2:] if in_home else path)
        if trouble:
            yield ProjectProblem(file.path, one.line, one.column, f"The script {quoted(one.path)} {trouble}")


def _is_users(settings: str) -> bool:
    return Path(settings).absolute().parent == Path.home() / ".claude"


def _trouble(surroundings: Surroundings, one: Reference, path: Path) -> str | None:
    if one.use == "bare-script":
        right = "${CLAUDE_PLUGIN_ROOT}/" + one.path
        is_there = surroundings.is_file(path)
        return f"is looked for in the project of the user. Write {quoted(right)}." if is_there else None
    if not surroundings.is_file(path):
        effect = "the hook fails and stops nothing"
        if one.use == "blocking-script":
            effect = "the hook ends with code 2 and blocks every tool or prompt that it is about"
        return f"is not there, so {effect}. Correct the path."
    if one.use != "program":
        return None
    if not surroundings.is_executable(path):
        return "is not executable, so the hook fails and stops nothing. Run `chmod +x` on it."
    return _without_interpreter(surroundings, path)


def _without_interpreter(surroundings: Surroundings, path: Path) -> str | None:
    first, _, _ = surroundings.read(path).partition(b"\n")
    line = _FIRST_LINE.match(first)
    if line is None:
        return None
    if first.endswith(b"\r"):
        return "has Windows line ends, so its interpreter is not found and the hook stops nothing. Use LF line ends."
    program = line["program"].decode("utf-8", "replace")
    argument = (line["argument"] or b"").decode()
    if program.endswith("/env") and argument and not argument.startswith("-"):
        program = argument
    if _is_on_machine(surroundings, program):
        return None
    return f"needs {quoted(program)}, which is not on this machine, so the hook fails and stops nothing. Install it."


def _is_on_machine(surroundings: Surroundings, program: str) -> bool:
    if "/" in program:
        return surroundings.is_file(Path(program))
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return any(surroundings.is_file(Path(folder, program)) for folder in folders)

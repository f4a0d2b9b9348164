"""The script of a hook is missing or not executable.

## What it does
Looks for the script that a hook's command starts with, when its path begins with `$CLAUDE_PROJECT_DIR` or
`${CLAUDE_PLUGIN_ROOT}`. In a plugin, also reports a path to one of its scripts that begins with neither.

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
Correct the path, add the script, or run `chmod +x` on it.

## Source
Tested with client 2.1.332 in `-p` mode. The code was 127 for a missing script and 126 for one that is not executable,
in PreToolUse, PostToolUse, UserPromptSubmit, Stop, SessionStart and PermissionRequest. The session went on each time.
After PreToolUse, Bash ran, and after UserPromptSubmit, the prompt was sent. An executable script that ends with code 2
stopped both, and so did `python3` and `sh` without their script. For other events,
https://code.claude.com/docs/en/hooks says that only code 2 blocks.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO507"
NAME = "hook-script"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    for file, one, path in project.references():
        if one.use not in ("program", "script", "blocking-script", "bare-script"):
            continue
        trouble = None
        if one.use == "bare-script":
            if project.surroundings.is_file(path):
                right = "${CLAUDE_PLUGIN_ROOT}/" + one.path
                trouble = f"is looked for in the project of the user. Write {quoted(right)}."
        elif not project.surroundings.is_file(path):
            effect = "the hook fails and stops nothing"
            if one.use == "blocking-script":
                effect = "the hook ends with code 2 and blocks every tool or prompt that it is about"
            trouble = f"is not there, so {effect}. Correct the path."
        elif one.use == "program" and not project.surroundings.is_executable(path):
            trouble = "is not executable, so the hook fails and stops nothing. Run `chmod +x` on it."
        if trouble:
            yield ProjectProblem(file.path, one.line, one.column, f"The script {quoted(one.path)} {trouble}")

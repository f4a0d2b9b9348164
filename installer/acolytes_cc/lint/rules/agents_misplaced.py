"""The client does not read this folder.

## What it does
Reports agents, skills and commands that are neither in a `.claude` folder nor part of a plugin. There is one finding
for all agents of a run, one for all skills and one for all commands. A file that is named in the call may lie anywhere.

## Why
Clients 2.1.197, 2.1.330 and 2.1.332 read `.claude/agents` of the project and of the home folder, and `agents` of
plugins. They load nothing from `agents` in the root of a project. The same holds for `skills` and `commands`. There is
no message.

## Bad
```console
$ ls
agents/reviewer.md
```

## Good
```console
$ ls -A
.claude/agents/reviewer.md
```

## How to fix
Move the folder into `.claude`. Or make it a plugin: add `.claude-plugin/plugin.json`. If people copy from this
collection, switch the rule off.

## Source
Tested with both clients in such a project.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from acolytes_cc.definitions.kinds import ENDING
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO403"
NAME = "agents-misplaced"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


_KINDS = {"agent": "agent", "skill": "skill", "command": "command"}


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    outside: dict[str, list[str]] = {}
    unplaced = [file for file in project.files if file.path in project.unplaced]
    for file in unplaced:
        # another ending has a rule of its own
        if file.kind in _KINDS and file.path not in project.named and file.path.endswith(ENDING):
            outside.setdefault(_KINDS[file.kind], []).append(file.path)
    for noun, paths in outside.items():
        if len(paths) == 1:
            what = f"this {noun} from here. Move it"
        else:
            what = f"these {len(paths)} {noun}s from {_common_folder(paths)}. Move them"
        yield ProjectProblem(
            paths[0], 1, 1, f"The client does not load {what} into `.claude/{noun}s`, or make a plugin."
        )


def _common_folder(paths: list[str]) -> str:
    folder = os.path.commonpath([os.path.abspath(os.path.dirname(path)) for path in paths])
    name = os.path.basename(folder)
    # The root of the repository tells nobody where they are.
    return f"the folder {quoted(name)}" if name and folder != os.getcwd() else "their folders"

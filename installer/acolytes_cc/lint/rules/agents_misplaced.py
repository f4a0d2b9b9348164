"""The client does not read this folder.

## What it does
Reports an `agents` folder that is neither in a `.claude` folder nor part of a plugin. There is one finding, at its
first agent.

## Why
Clients 2.1.197 and 2.1.330 read `.claude/agents` of the project and of the home folder, and `agents` of plugins. They
load nothing from `agents` in the root of a project. There is no message.

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
Move the folder into `.claude`. Or make it a plugin: add `.claude-plugin/plugin.json`. If people copy agents from this
collection, switch the rule off.

## Source
Tested with both clients in such a project.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO403"
NAME = "agents-misplaced"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    folders: dict[Path, list[str]] = {}
    for file in project.agents:
        if file.kind == "agent" and (folder := file.collection) and folder.parent.name != ".claude":
            folders.setdefault(folder, []).append(file.path)
    for paths in folders.values():
        agents = "this agent" if len(paths) == 1 else f"these {len(paths)} agents"
        message = f"The client does not load {agents} from this folder. Move the folder into `.claude`."
        yield ProjectProblem(paths[0], 1, 1, message)

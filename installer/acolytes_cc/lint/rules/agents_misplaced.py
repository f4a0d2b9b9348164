"""The agents are where the client does not look.

## What it does
Reports an `agents` folder that is neither in a `.claude` folder nor part of a plugin, once, at its first agent.

## Why
Clients 2.1.197 and 2.1.330 read `.claude/agents` of the project and of the home, and `agents` of plugins. From `agents`
in the root of a project nothing is loaded, without a word.

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
Move the folder into `.claude`, or make it a plugin by `.claude-plugin/plugin.json`. For a collection that others copy
from, switch this rule off.

## Source
Both clients run in such a project.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity
from acolytes_cc.lint.support.project import Project

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
        what = "this agent" if len(paths) == 1 else f"these {len(paths)} agents"
        yield ProjectProblem(paths[0], 1, 1, f"the client does not load {what} from here, only from `.claude/agents`")

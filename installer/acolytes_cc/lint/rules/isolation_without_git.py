"""An agent wants a worktree where there is no repository.

## What it does
Reports `isolation: worktree` of an agent in a `.claude` folder that is not inside a git repository.

## Why
Clients 2.1.197 and 2.1.330 list such an agent and cannot start it: "Failed to resolve base branch".

## Bad
```console
$ git rev-parse
fatal: not a git repository
$ grep isolation .claude/agents/coder.md
isolation: worktree
```

## Good
The same in a repository with at least one commit.

## How to fix
`git init` and commit, or remove the field.

## Source
Both clients run in a folder without a repository.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity
from acolytes_cc.lint.support.project import Project

CODE = "ACO407"
NAME = "isolation-without-git"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    for file, folder in project.below_claude():
        at = file.isolation
        # agents in a home are for whatever project the client is started in
        if (
            at is None
            or at.name != "worktree"
            or folder.parent == Path.home()
            or any(project.surroundings.exists(above / ".git") for above in folder.parents)
        ):
            continue
        yield ProjectProblem(
            file.path,
            at.line,
            at.column,
            f"{shown(at.name)} needs git, and {shown(str(folder.parent))} is no repository",
        )

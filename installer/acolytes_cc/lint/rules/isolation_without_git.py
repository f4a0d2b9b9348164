"""A worktree needs a git repository.

## What it does
Reports `isolation: worktree` in an agent whose `.claude` folder is not in a git repository.

## Why
Clients 2.1.197 and 2.1.330 list such an agent, but they cannot start it: "Failed to resolve base branch".

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
Run `git init` and commit, or remove the field.

## Source
Tested with both clients in a folder without a repository.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO407"
NAME = "isolation-without-git"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    for file, folder in project.below_claude():
        isolation = file.isolation
        # agents in a home folder serve every project, so the repository is unknown here
        if (
            isolation is None
            or isolation.name != "worktree"
            or folder.parent == Path.home()
            or any(project.surroundings.exists(parent / ".git") for parent in folder.parents)
        ):
            continue
        yield ProjectProblem(
            file.path,
            isolation.line,
            isolation.column,
            f"{quoted(str(folder.parent), 200)} is not a git repository, so the agent cannot start in a worktree. "
            "Run `git init` and commit, or remove the field.",
        )

"""An agent hides another one of the same name.

## What it does
Reports an agent of a project whose name an agent in a nested folder has, too. Also reports an agent of the user whose
name an agent of the project has, when both are checked.

## Why
Client 2.1.332 reads `.claude/agents` of the folder in which it starts, of the folders above it and of the home folder.
Of two agents with the same name it takes the one of the nearest folder. There is no message. An agent in a nested
folder is not loaded at all when the client starts above that folder.

## Bad
```console
$ grep -r ^name: .claude/agents web/.claude/agents
.claude/agents/a.md:name: reviewer
web/.claude/agents/b.md:name: reviewer
```

## Good
```console
$ grep -r ^name: .claude/agents web/.claude/agents
.claude/agents/a.md:name: reviewer
web/.claude/agents/b.md:name: web-reviewer
```

## How to fix
Rename one of the two. If it is to replace the other, switch the rule off in that file.

## Source
Tested with client 2.1.332, which was started in the outer and in the nested folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import FileSummary, Project
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO409"
NAME = "name-hidden"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    by_name: dict[str, list[tuple[FileSummary, Path]]] = {}
    for file, claude in project.below_claude():
        if file.name:
            by_name.setdefault(file.name.name, []).append((file, claude.parent))
    home = Path.home()
    for group in by_name.values():
        for file, root in group if len(group) > 1 else ():
            hiding = next((other for other, at in group if _is_nearer(at, root, home)), None)
            if hiding and file.name and not _is_same_file(file.path, hiding.path):
                where = "in every project with it" if root == home else "in that folder"
                yield ProjectProblem(
                    file.path,
                    file.name.line,
                    file.name.column,
                    f"{hiding.path} has the same name, so the client takes it instead of this agent {where}. "
                    "Rename one.",
                )


def _is_nearer(root: Path, other: Path, home: Path) -> bool:
    """Whether the client takes agents of ``root`` before those of ``other``, in a session that loads both."""
    return root != other and (other == home or root.is_relative_to(other)) and root != home


def _is_same_file(path: str, other: str) -> bool:
    try:
        return os.path.samefile(path, other)
    except (OSError, ValueError):
        return False

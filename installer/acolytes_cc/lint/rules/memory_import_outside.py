"""A CLAUDE.md imports a file outside of the project.

## What it does
Reports imports of a project's CLAUDE.md or rules that lead to a file outside of the project, such as `@~/notes.md`.

## Why
Client 2.1.332 asks each user once whether it may read such files. Before that, and in `claude -p`, it leaves them out
without a message. A CLAUDE.md in `~/.claude` may import any file.

## Bad
```markdown
@../shared/style.md
```

## Good
```markdown
@docs/style.md
```

## How to fix
Move the file into the project. Or import it in `~/.claude/CLAUDE.md`.

## Source
Tested with client 2.1.332: `@../shared/style.md` and `@~/notes.md`, with the approval, without it, and before the
question. Only with the approval, which `~/.claude.json` records for the project, was the text in the request.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity
from acolytes_cc.lint.support.memory_imports import outside

CODE = "ACO541"
NAME = "memory-import-outside"
SEVERITY: Severity = "info"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    for file in project.files:
        if file.kind in ("memory", "rule") and file.references:
            for one in outside(file, project.surroundings):
                message = (
                    f"{quoted('@' + one.path)} is outside of the project, so the client reads it only after each user "
                    "has agreed. Move the file into the project."
                )
                yield ProjectProblem(file.path, one.line, one.column, message)

"""Two agents have names that are the same when they are called.

## What it does
Reports agents of one `agents` folder whose names differ only in case, spaces, hyphens, underscores or in the width of
their letters.

## Why
Clients 2.1.197 and 2.1.330 list both. Their lookup of a name that is not exact ignores these differences, so a caller
who writes it another way gets either.

## Bad
```yaml
name: Code_Reviewer   # beside another file with `name: code-reviewer`
```

## Good
```yaml
name: strict-code-reviewer
```

## How to fix
Give one of them a name of its own.

## Source
Both clients run with `Dup` beside `dup`, and with `my_agent` called as `my-agent`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity
from acolytes_cc.lint.support.project import Project

CODE = "ACO402"
NAME = "name-look-alike"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    for group in project.same(_called):
        for file, mention in group:
            other = next((found.name for _, found in group if found.name != mention.name), None)
            if other is not None:
                yield ProjectProblem(
                    file, mention.line, mention.column, f"a call of {shown(mention.name)} may reach {shown(other)}"
                )


def _called(name: str) -> str:
    """The name as the client looks it up; dots count."""
    return re.sub(r"[\s_-]", "", unicodedata.normalize("NFKC", name).lower())

r"""An import of a CLAUDE.md or a rule leads nowhere.

## What it does
Reports `@path` in a CLAUDE.md, a CLAUDE.local.md or a rule, and in the files that these import, when the client does
not read the file: it is not there, a comma or a full stop is part of the path, there is no space before the `@`, the
path is in quotes or brackets or has a space or a `\`, it is in a block of HTML, it is a folder, its ending is not that
of a text file, or it is more than four files deep. Code and comments do not count. Nor do names such as `@octocat` and
`@scope/package`.

A line that begins with a tag, such as `<important>` alone, begins a block of HTML. The next blank line ends it.

## Why
Client 2.1.332 gives no message: the text of the file is missing in the request.

## Bad
```markdown
The rules for SQL are in @docs/sql.md.
```

## Good
```markdown
The rules for SQL are in @docs/sql.md
```

## How to fix
Follow the message.

## Source
Tested with client 2.1.332 on hundreds of CLAUDE.md files with about 130 forms of an import (`bench/client_truth`), and
which of the imported texts were in the request.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity
from acolytes_cc.lint.support.memory_imports import troubles

CODE = "ACO540"
NAME = "memory-import"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    for file in project.files:
        if file.kind in ("memory", "rule") and file.references:
            for trouble in troubles(file, project.surroundings):
                yield ProjectProblem(file.path, *trouble)

"""A link in a skill leads to no file.

## What it does
Reports relative links in a SKILL.md when there is no such file in the skill's
folder. Links in code, addresses and placeholders do not count.

## Why
Client 2.1.332 sends the text as it is, with the folder of the skill before it. The agent then reads the file, and gets
the error that it does not exist.

## Bad
```markdown
Read [the list of fields](reference/fields.md).
```

## Good
```markdown
Read [the list of fields](references/fields.md).
```

## How to fix
Correct the path, or add the file.

## Source
Tested with client 2.1.332: the skill above, and then its tool `Read` on the path of the link below the folder of the
skill ("File does not exist").
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO536"
NAME = "skill-link"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    for file in project.files:
        for one in file.references:
            folder = Path(file.path).parent
            if one.use == "link" and not any(
                project.surroundings.exists(folder / path) for path in (one.path, unquote(one.path))
            ):
                message = f"The folder of the skill has no {quoted(one.path)}. Correct the link."
                yield ProjectProblem(file.path, one.line, one.column, message)

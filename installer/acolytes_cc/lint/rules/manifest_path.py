"""A path to a part of a plugin leads nowhere.

## What it does
Looks for the files and folders that plugin.json names, and that a marketplace names for one of its plugins. They have
to be there, and inside the plugin.

## Why
Client 2.1.332 loads the plugin without that part. A folder in `skills` must hold skills: a path to a SKILL.md is a
mistake, too, unless the client finds that skill in the folder `skills`.

## Bad
```json
{"name": "my-plugin", "skills": "./extra/review/SKILL.md"}
```

## Good
```json
{"name": "my-plugin", "skills": "./extra/review"}
```

## How to fix
Correct the path. It starts at the folder of the plugin.

## Source
Tested with client 2.1.332 on each key. A path in a marketplace counts from the folder of the plugin, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import FileSummary, Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO525"
NAME = "manifest-path"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    for file, one, path in project.references():
        if one.use not in ("file", "folder", "part"):
            continue
        trouble = None
        root = Path(file.path).absolute().parent.parent
        if not path.is_relative_to(root):
            trouble = "leaves the plugin"
        elif not project.surroundings.exists(path):
            trouble = "is not there"
        elif one.use == "folder" and project.surroundings.is_file(path) and not _is_found_anyway(file, path):
            trouble = "is a file, but must be a folder with skills"
        if trouble:
            message = f"The path {quoted(one.path)} {trouble}, so the client loads no {one.key} from it. Correct it."
            yield ProjectProblem(file.path, one.line, one.column, message)


def _is_found_anyway(file: FileSummary, path: Path) -> bool:
    """Whether this is a skill in the folder where the client looks for skills of a plugin in any case."""
    skills = Path(file.path).absolute().parent.parent / "skills"
    return file.kind == "plugin" and path.name == "SKILL.md" and path.parent.parent == skills

"""A file named skill.md hides the commands beside it.

## What it does
Reports the commands in a folder with a file `skill.md`, also in upper case.

## Why
Client 2.1.332 takes a folder with such a file as one command: it has the name of the folder and the text of `skill.md`.
The client loads no other file of that folder, and gives no message.

## Bad
```console
$ ls .claude/commands
review.md
skill.md
```

## Good
```console
$ ls .claude/commands
make-skill.md
review.md
```

## How to fix
Rename `skill.md`.

## Source
Tested with client 2.1.332: `skill.md`, `Skill.md` and `SKILL.md` in `commands` of a plugin and of `.claude`, and in a
subfolder.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.places import place_of
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO554"
NAME = "command-hidden"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)

_NAME = "skill.md"


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    folders: dict[Path, list[str]] = defaultdict(list)
    for file in project.files:
        if file.kind == "command":
            folders[Path(file.path).absolute().parent].append(file.path)
    for folder, paths in folders.items():
        hiding = next((Path(path).name for path in paths if Path(path).name.lower() == _NAME), None)
        if hiding is None or place_of(str(folder)).kind == "other":
            continue
        message = (
            f"The client does not load this command: because of the file {quoted(hiding)}, the folder is one command "
            f"{quoted(folder.name)}. Rename {quoted(hiding)}."
        )
        yield from (ProjectProblem(path, 1, 1, message) for path in paths if Path(path).name != hiding)

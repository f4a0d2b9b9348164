"""Two output styles have the same name.

## What it does
Reports each output style that has the name of another one in the same `output-styles` folder or its subfolders. A style
without a `name` has that of its file.

## Why
Client 2.1.332 can use only one of them, the last in the order of the alphabet. There is no message.

## Bad
```console
$ grep -r ^name: .claude/output-styles
a.md:name: Brief
b.md:name: Brief
```

## Good
```console
$ grep -r ^name: .claude/output-styles
a.md:name: Brief
b.md:name: Brief for reviews
```

## How to fix
Rename one, or remove it.

## Source
Tested with client 2.1.332: two to five files with one name, one of them in a subfolder, and a style whose file has that
name. Only the text of the last was in the request. `twin` and `Twin` are two styles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.places import CLAUDE
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import FileSummary, Mention, Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO547"
NAME = "output-style-duplicate"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)

_FOLDER = "output-styles"


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    groups: dict[tuple[Path, str], list[tuple[FileSummary, Mention]]] = defaultdict(list)
    for file in project.files:
        folder = _folder_of(file) if file.kind == "output-style" else None
        if folder and file.name:
            groups[folder, file.name.name].append((file, file.name))
    for group in groups.values():
        last = max(file.path for file, _ in group)
        for file, mention in group:
            if file.path != last:
                message = (
                    f"{last} has the same name {quoted(mention.name)}, so the client cannot use this style. "
                    "Rename or remove one."
                )
                yield ProjectProblem(file.path, mention.line, mention.column, message)


def _folder_of(file: FileSummary) -> Path | None:
    """The folder of the styles in `.claude`; None for a style that lies elsewhere."""
    folders = Path(file.path).absolute().parents
    return next((folder for folder in folders if folder.name == _FOLDER and folder.parent.name == CLAUDE), None)

"""Two agents have the same name.

## What it does
Reports each agent that has the name of another one in the same `agents` folder or its subfolders.

## Why
Clients 2.1.197 and 2.1.330 load only one of them. Which one depends on the order in which they read the folder. There
is no message in `claude -p`. 8 % of 1,874 published definitions share their name with another one of the same
collection.

## Bad
```console
$ grep -r ^name: .claude/agents
a.md:name: reviewer
old/b.md:name: reviewer
```

## Good
```console
$ grep -r ^name: .claude/agents
a.md:name: reviewer
old/b.md:name: old-reviewer
```

## How to fix
Rename one, or remove it.

## Source
Tested with both clients on two such files, in one folder and in a subfolder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.kinds import plugin_root
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Mention, Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO401"
NAME = "name-duplicate"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


_FEWEST = 2


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    for every in project.same(lambda name: name):
        # the client does not load an agent of the project from `a.MD`; `file-ending` reports it
        group = _without_links(
            [(path, name) for path, name in every if path.endswith(".md") or plugin_root(Path(path).parent)]
        )
        if len(group) < _FEWEST:
            continue
        for file, mention in group:
            other = next(path for path, _ in group if path != file)
            yield ProjectProblem(
                file,
                mention.line,
                mention.column,
                f"{other} has the same name {quoted(mention.name)}. The client loads only one of them. "
                "Rename or remove one.",
            )


def _without_links(group: list[tuple[str, Mention]]) -> list[tuple[str, Mention]]:
    """The files of a group without those that are hard links to another: the client loads such a file once."""
    return list({_identity(path): (path, mention) for path, mention in group}.values())


def _identity(path: str) -> tuple[int, int] | str:
    try:
        info = os.stat(path)
    except (OSError, ValueError):
        return path
    return info.st_dev, info.st_ino

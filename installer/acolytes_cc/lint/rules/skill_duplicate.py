"""A skill and a command have the same name.

## What it does
Reports a skill of a plugin whose folder has the name of a command of that plugin, and a command in `.claude` that has
the name of the folder of a skill there. A command in a subfolder of `commands` has a longer name, so it does not count.

## Why
Client 2.1.332 takes one of the two without a message. In a plugin it is the command: the model does not see the skill.
In `.claude` it is the skill: `/name` never runs the command.

## Bad
```console
$ ls .claude/commands .claude/skills
.claude/commands:
review.md

.claude/skills:
review
```

## Good
```console
$ ls .claude/commands .claude/skills
.claude/commands:
start-review.md

.claude/skills:
review
```

## How to fix
Rename one. If both do the same, remove the command: a skill can be called with `/name`, too.

## Source
Tested with client 2.1.332: pairs with equal names, in a plugin and in `.claude`; skills with another `name` in their
frontmatter, in folders that the manifest names, and with other letters in upper case; commands in a subfolder.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.kinds import COMMANDS
from acolytes_cc.definitions.places import Place, place_of
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import FileSummary, Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO553"
NAME = "skill-duplicate"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    commands = {
        (place.root, Path(file.path).stem): file.path
        for file, place in _placed(project, "command")
        if place.inside == (COMMANDS,)
    }
    # the client does not load a command beside a file `skill.md`, see the rule command-hidden
    hidden = {root for root, stem in commands if stem.lower() == "skill"}
    commands = {key: path for key, path in commands.items() if key[0] not in hidden}
    for file, place in _placed(project, "skill") if commands else ():
        name = place.inside[-1] if place.inside else ""
        command = commands.get((place.root, name))
        if command is None:
            continue
        if place.kind == "plugin":
            path, message = file.path, f"{command} has the same name {quoted(name)}, so the client hides this skill."
        else:
            path, message = command, f"{file.path} has the same name, so `/{name}` never runs this command."
        yield ProjectProblem(path, 1, 1, f"{message} Rename or remove one.")


def _placed(project: Project, kind: str) -> Iterator[tuple[FileSummary, Place]]:
    """The files of a kind that lie in a plugin or in a `.claude`."""
    for file in project.files:
        if file.kind == kind:
            place = place_of(str(Path(file.path).absolute().parent))
            if place.kind != "other":
                yield file, place

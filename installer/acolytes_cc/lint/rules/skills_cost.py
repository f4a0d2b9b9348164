"""The list of skills is too long, so the client leaves out descriptions.

## What it does
Adds up the entries of all skills and commands of one `.claude` folder in the list that the model sees. Those with
`disable-model-invocation` are not in it.

## Why
The list is in the context of every session. Client 2.1.332 gives it 30,000 characters, of which its own skills take
about 6,200. When the list is longer, some skills are listed by their name alone. The model then does not know what they
are for. Skills that are rarely used lose their description first.

## Bad
A hundred skills with a description of 500 characters each.

## Good
A hundred skills with a description of two short sentences each.

## How to fix
Shorten the descriptions that the message names. Or set `disable-model-invocation: true` in skills that only users call.

## Source
Tested with client 2.1.332: of 100 skills with 500 characters each, 54 lost their description.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.places import place_of
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import CHARACTERS_A_TOKEN, FileSummary, Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO408"
NAME = "skills-cost"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)

_BUDGET = 30_000
_OWN_SKILLS = 6_200


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    folders: dict[str, list[FileSummary]] = {}
    for file in project.files:
        if file.kind in ("skill", "command") and file.listed_tokens:
            place = place_of(str(Path(file.path).absolute().parent))
            if place.kind == "claude":
                folders.setdefault(place.root, []).append(file)
    for files in folders.values():
        length = sum(file.listed_tokens for file in files) * CHARACTERS_A_TOKEN
        if length > _BUDGET - _OWN_SKILLS:
            longest = sorted(files, key=lambda file: -file.listed_tokens)[:3]
            names = ", ".join(quoted(file.name.name) for file in longest if file.name)
            message = (
                f"The list of these {len(files)} skills has about {length:,} characters. The client shows "
                f"{_BUDGET - _OWN_SKILLS:,} and leaves out descriptions. Shorten them. The longest are: {names}."
            )
            yield ProjectProblem(files[0].path, 1, 1, message)

"""The frontmatter of a skill does not parse.

## What it does
Reports a SKILL.md whose frontmatter is not closed or is not YAML.

## Why
Client 2.1.330 then ignores all of it, with an ERROR line in the debug file for YAML that does not parse and none for a
missing `---`. The skill is listed under its folder's name, with the first line of its text for a description (of an
unclosed one that is `---`), and its other fields are lost.

## Bad
```yaml
description: "Deploys" and tells
```

## Good
```yaml
description: Deploys and tells. Use when the user asks for a release.
```

## How to fix
Close it with a line `---`; quote the whole value.

## Source
Client 2.1.330 run on each.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.unreadable import unreadable

CODE = "ACO531"
NAME = "skill-frontmatter"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("skill",)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    problem = definition.yaml.problem
    if problem is not None:
        yield unreadable(problem, ", so all of it is lost")
    elif definition.block is None and frontmatter.opens(definition.text) is not None:
        yield Problem(0, "the frontmatter is not closed, so all of it is lost: end it with a line `---`")

"""The frontmatter of a skill is invalid.

## What it does
Reports a SKILL.md, a command or an output style whose frontmatter is not closed or is not valid YAML.

## Why
Client 2.1.330 then ignores all of it. For invalid YAML there is an ERROR line in the debug file. For a missing `---`
there is none. The client lists the skill with the name of its folder. The first line of the text becomes the
description. (If the frontmatter is not closed, that line is `---`.) All other fields are lost. An output style gets
the name of its file.

## Bad
```yaml
description: "Deploys" and tells
```

## Good
```yaml
description: Deploys and tells. Use when the user asks for a release.
```

## How to fix
Close it with a line `---`. Put the whole value in quotes.

## Source
Tested with client 2.1.330 on both mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.looks import frontmatter_keys
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.unreadable import unreadable

CODE = "ACO531"
NAME = "skill-frontmatter"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("skill", "command", "output-style")

_MESSAGE = "The frontmatter is not closed, so the client ignores all of it. Add a line `---` after the last field."
_NOT_FIRST = "The client finds no frontmatter, so it ignores all fields. The first line must be exactly `---`."


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    problem = definition.yaml.problem
    if problem is not None:
        yield unreadable(problem, "The client ignores all of it.")
    elif definition.block is None and frontmatter.yaml_start(definition.text) is not None:
        yield Problem(0, _MESSAGE)
    elif definition.block is None and definition.kind == "output-style" and frontmatter_keys(definition.text):
        yield Problem(0, _NOT_FIRST)

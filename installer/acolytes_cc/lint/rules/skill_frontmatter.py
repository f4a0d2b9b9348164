"""The frontmatter of a skill is invalid.

## What it does
Reports a SKILL.md, a command or an output style whose frontmatter is not closed, is not valid YAML, or does not begin
with `---` in the first line.

## Why
Clients 2.1.330 and 2.1.332 then ignore all of it. For invalid YAML there is an ERROR line in the debug file. For a
missing `---`, or one below another line, there is none. The client lists the skill with the name of its folder. The
first line of the text becomes the description. (Often that line is `---`.) All other fields are lost, also
`disable-model-invocation`. An output style gets the name of its file.

## Bad
```yaml
description: "Deploys" and tells
```

## Good
```yaml
description: Deploys and tells. Use when the user asks for a release.
```

## How to fix
Make `---` the first line of the file, and close the frontmatter with another one. Put a whole value in quotes.

## Source
Tested with client 2.1.330 on both mistakes, and with client 2.1.332 on 24 skills and 24 commands whose first line is
not `---`: each was listed, although they have `disable-model-invocation: true`.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.late_frontmatter import fields_of, late_frontmatter
from acolytes_cc.lint.support.unreadable import unreadable

CODE = "ACO531"
NAME = "skill-frontmatter"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("skill", "command", "output-style")

_MESSAGE = "The frontmatter is not closed, so the client ignores all of it. Add a line `---` after the last field."


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    problem = definition.yaml.problem
    if problem is not None:
        yield unreadable(problem, "The client ignores all of it.")
    elif definition.block is None and frontmatter.yaml_start(definition.text) is not None:
        yield Problem(0, _MESSAGE)
    elif definition.block is None and (late := late_frontmatter(definition.text, fields_of(definition, context))):
        yield Problem(0, f"The client finds no frontmatter, so it ignores all fields. {late.how_to_fix}", late.fix)

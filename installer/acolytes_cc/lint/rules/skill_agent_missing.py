"""The agent that is to run a skill is not there.

## What it does
Reports an `agent` of a skill or a command with `context: fork` that is no built-in agent and no agent of the project or
the user. Agents of plugins, whose names have a colon, are not looked for.

## Why
Client 2.1.332 gives no message. It runs the skill in `general-purpose`, which has all tools.

## Bad
```yaml
context: fork
agent: revewer
```

## Good
```yaml
context: fork
agent: reviewer
```

## How to fix
Correct the name, or add the agent.

## Source
Tested with client 2.1.332 on a skill whose agent does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.places import CLAUDE, place_of
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO535"
NAME = "skill-agent-missing"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, registry: Registry) -> Iterator[ProjectProblem]:
    linted = {file.name.name for file in project.agents if file.name}
    built_in = {name.lower() for name in registry.built_in_agents}
    for file in project.files:
        place = place_of(str(Path(file.path).absolute().parent)) if file.kind in ("skill", "command") else None
        for one in file.references if place and place.kind == "claude" else ():
            name = one.path
            is_known = name in linted or name.lower() in built_in or ":" in name
            homes = (Path(place.root if place else ""), Path.home() / CLAUDE)
            files = (home / "agents" / f"{name}.md" for home in homes)
            if one.use == "agent" and not is_known and not any(map(project.surroundings.is_file, files)):
                message = (
                    f"There is no agent {quoted(name)}, so `general-purpose` runs, with all tools. Correct the name."
                )
                yield ProjectProblem(file.path, one.line, one.column, message)

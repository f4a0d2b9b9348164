"""A preloaded skill is not there.

## What it does
Reports names in `skills` of an agent in a `.claude` folder for which there is no skill: neither among the files of the
run, nor in that folder, nor in the home. Names with a plugin's prefix are not looked for.

## Why
Clients 2.1.197 and 2.1.330 start the agent without it, with a WARN line in the debug file.

## Bad
```yaml
skills: house-styel
```

## Good
```yaml
skills: house-style
```

## How to fix
Correct the name, or add `.claude/skills/NAME/SKILL.md`.

## Source
Both clients run with an unknown skill.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity
from acolytes_cc.lint.support.project import Project
from acolytes_cc.lint.support.surroundings import Surroundings

CODE = "ACO405"
NAME = "skill-missing"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    known = {file.name.name for file in project.files if file.kind == "skill" and file.name}
    for file, folder in project.below_claude():
        for mention in file.skills:
            name = mention.name
            homes = (folder, Path.home() / ".claude")
            there = name in known or ":" in name or any(_is_skill(project.surroundings, home, name) for home in homes)
            if not there:
                yield ProjectProblem(
                    file.path,
                    mention.line,
                    mention.column,
                    f"there is no skill {shown(name)}; the agent starts without",
                )


def _is_skill(surroundings: Surroundings, home: Path, name: str) -> bool:
    paths = (home / "skills" / name / "SKILL.md", home / "commands" / f"{name}.md")
    return any(map(surroundings.is_file, paths))

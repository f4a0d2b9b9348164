"""A skill does not exist.

## What it does
Reports names in `skills` of an agent in a `.claude` folder without a skill of that name. The rule looks among the
linted files, in that folder, in the home folder and among those of the client. It skips names with a plugin's prefix.

## Why
Clients 2.1.197 and 2.1.330 start the agent without the skill. They write a WARN line to the debug file.

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
Tested with both clients and an unknown skill.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.context.surroundings import Surroundings
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO405"
NAME = "skill-missing"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)

# Which skills a plugin has is not looked up; these two prefixes are not of plugins
_OF_PLUGIN = re.compile(r"(?!(?:project|user):)[\w.-]+:")


def check(project: Project, registry: Registry) -> Iterator[ProjectProblem]:
    linted = {file.name.name for file in project.files if file.kind == "skill" and file.name}
    for file, folder in project.below_claude():
        for mention in file.skills:
            name = mention.name
            homes = (folder, Path.home() / ".claude")
            exists = (
                name in linted
                or name in registry.bundled_skills
                or bool(_OF_PLUGIN.match(name))
                or any(_is_skill(project.surroundings, home, name) for home in homes)
            )
            if not exists:
                yield ProjectProblem(
                    file.path,
                    mention.line,
                    mention.column,
                    f"Unknown skill {quoted(name)}. The agent starts without it. Correct the name, or add the skill.",
                )


def _is_skill(surroundings: Surroundings, home: Path, name: str) -> bool:
    paths = (home / "skills" / name / "SKILL.md", home / "commands" / f"{name}.md")
    return any(map(surroundings.is_file, paths))

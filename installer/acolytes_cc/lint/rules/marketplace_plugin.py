"""A plugin of a marketplace is not in the folder that its source names, or it is described twice.

## What it does
Looks for the folder of each plugin with a `source` in the same repository. Also reports `"strict": false` with parts
such as `skills` in marketplace.json when the plugin has a plugin.json, too.

## Why
Client 2.1.332 adds the marketplace, and it cannot load such a plugin. `metadata.pluginRoot` stands only in front of a
source without `./`.

## Bad
```json
{"name": "reviewer", "source": "./reviewer", "strict": false, "skills": ["./skills/review"]}
```

## Good
```json
{"name": "reviewer", "source": "./reviewer"}
```

## How to fix
Correct the path. Keep the parts of a plugin in one of the two files: with `"strict": false`, there must be no
plugin.json.

## Source
Tested with client 2.1.332: 30 sources, and plugins with and without plugin.json.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.places import MANIFESTS
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO546"
NAME = "marketplace-plugin"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    for file, one, path in project.references():
        if one.use not in ("source", "only-source"):
            continue
        trouble = None
        if not project.surroundings.exists(path):
            trouble = f"cannot be installed: {quoted(one.path)} is not there. Correct the path."
        elif one.use == "only-source" and project.surroundings.exists(path / MANIFESTS / "plugin.json"):
            trouble = "cannot be used: with `strict: false`, its parts are either here or in plugin.json. Remove one."
        if trouble:
            plugin = f"The plugin {quoted(one.key)}" if one.key else "This plugin"
            yield ProjectProblem(file.path, one.line, one.column, f"{plugin} {trouble}")

"""The manifest of a plugin leaves out files of a folder.

## What it does
Reports `agents`, `commands` and `outputStyles` in plugin.json when the folder `agents`, `commands` or `output-styles`
has files that the key does not name.

## Why
With the key, client 2.1.332 loads only what it names, and does not look into the folder. The other files are not
loaded, and there is no message. `skills` and `hooks` are different: what they name comes on top of the folder.

## Bad
```console
$ ls agents
audit.md  review.md
$ cat .claude-plugin/plugin.json
{"name": "my-plugin", "agents": ["./agents/review.md"]}
```

## Good
```json
{"name": "my-plugin"}
```

## How to fix
Remove the key. Or add the files to it, for the other two also the folder.

## Source
Tested with client 2.1.332 in plugins with and without the key.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.places import place_of
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO529"
NAME = "folder-unused"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)

_FOLDERS = {"plugin-agent": "agents", "command": "commands", "output-style": "output-styles"}
_KEYS = {"agents": "agents", "commands": "commands", "output-styles": "outputStyles"}


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    left_out: dict[tuple[str, str], list[str]] = {}
    for file in project.files:
        folder = _FOLDERS.get(file.kind)
        place = place_of(str(Path(file.path).absolute().parent)) if folder else None
        if folder and place and place.kind == "plugin" and place.inside[:1] == (folder,):
            path = "/".join((*place.inside, Path(file.path).name))
            named = place.declared.get(_KEYS[folder], ())
            if not any(path == one or path.startswith(f"{one}/") or one == "." for one in named):
                left_out.setdefault((place.root, _KEYS[folder]), []).append(path)
    for manifest in project.files if left_out else ():
        root = str(Path(manifest.path).absolute().parent.parent)
        for one in manifest.declared_keys if manifest.kind == "plugin" else ():
            paths = left_out.get((root, one.name), ())
            if paths:
                others = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
                message = (
                    f"With `{one.name}`, the client does not load `{paths[0]}`{others}. Name all, or remove the key."
                )
                yield ProjectProblem(manifest.path, one.line, one.column, message)

"""Settings choose an output style that is not there.

## What it does
Reports an `outputStyle` in the settings of a project that is no style of the client, of the project or of the user. The
name counts with its case. A style has the `name` in its frontmatter, or that of its file.

The rule is silent where it cannot see all styles: for styles of plugins, whose names have a colon, and when there are
styles in `~/.claude/output-styles`, or others that are not linted.

## Why
Client 2.1.332 gives no message. It uses its default style, as if there were no `outputStyle`.

## Bad
```json
{"outputStyle": "explanatory"}
```

## Good
```json
{"outputStyle": "Explanatory"}
```

## How to fix
Write the name of the style, as it is in its frontmatter. Or add the style to `.claude/output-styles`.

## Source
Tested with client 2.1.332: a misspelt name, another case, a space before the name, the name of the file of a style with
another `name`, and the name with its folder. No text of the style was in the request. The default and the four other
styles of the client, and styles of the project, of the folders above it and of the user, were found.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.places import CLAUDE, is_of_project
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity
from acolytes_cc.lint.support.suggest import closest_name

CODE = "ACO552"
NAME = "output-style-missing"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)

# The styles of client 2.1.332
_DEFAULT = "default"
_BUILT_IN = (_DEFAULT, "Concise", "Explanatory", "Learning", "Proactive")
_FOLDER = "output-styles"
_MANAGED = (Path("/etc/claude-code"), Path("/Library/Application Support/ClaudeCode"))


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    chosen = [
        (file, one)
        for file in project.files
        if file.kind == "settings" and is_of_project(file.path)
        for one in file.references
        if one.use == "style" and one.path and ":" not in one.path
    ]
    if not chosen:
        return
    styles = [file for file in project.files if file.kind == "output-style"]
    names = {*_BUILT_IN, *(style.name.name for style in styles if style.name)}
    linted = {folder for style in styles for folder in Path(style.path).absolute().parents}
    for file, one in chosen:
        is_known = one.path in names or one.path.lower() == _DEFAULT
        if not is_known and not _has_others(project, file.path, linted):
            meant = closest_name(one.path, names)
            how_to_fix = f"Write {quoted(meant)}." if meant else "Correct the name, or add the style."
            message = f"There is no output style {quoted(one.path)}, so the client uses its default. {how_to_fix}"
            yield ProjectProblem(file.path, one.line, one.column, message)


def _has_others(project: Project, settings: str, linted: set[Path]) -> bool:
    """Whether the client finds styles beside those that are linted."""
    path = Path(settings).absolute()
    above = [folder / CLAUDE / _FOLDER for folder in (*path.parents[1:], Path.home(), *_MANAGED)]
    seen = linted if settings not in project.named else set()
    return any(folder not in seen and project.surroundings.exists(folder) for folder in above)

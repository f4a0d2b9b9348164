"""Lint from Python: what the installer calls on rendered agents, and what the command is made of."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from acolytes_cc.definitions.definition import load_definition, parse_definition
from acolytes_cc.definitions.files import find_definitions
from acolytes_cc.errors import UserError
from acolytes_cc.lint.engine import Finding, Report, check_definition, make_report
from acolytes_cc.lint.neutral import neutral


def lint_text(content: str | bytes, path: str) -> list[Finding]:
    """The findings in one definition that need not be on disk; ``path`` is only named in them."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return check_definition(parse_definition(data, path))


def lint_paths(paths: Iterable[str | Path]) -> Report:
    """The findings in files and in the definitions below folders; a file named twice is read once.

    Raises UserError for a path that is not there, one that is no file, and when there is no definition at all.
    """
    files: dict[str, Path] = {}
    for path in map(Path, paths):
        for file in _definitions(path):
            files.setdefault(os.path.realpath(file), file)
    if not files:
        raise UserError("no agent definitions (*.md) there; name a file, or a folder that holds some")
    return make_report(load_definition(file) for file in files.values())


def _definitions(path: Path) -> list[Path]:
    # os.path answers no where pathlib raises: a folder without permission, a NUL in the name
    if os.path.isdir(path):
        return find_definitions(path)
    if os.path.isfile(path) or os.path.islink(path):
        return [path]
    trouble = "is no regular file" if os.path.exists(path) else "does not exist"
    raise UserError(f"{neutral(str(path))} {trouble}; name a file, or a folder that holds definitions")

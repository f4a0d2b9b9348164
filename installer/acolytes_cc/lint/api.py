"""Lint from Python: what the installer calls on rendered agents, and what the command is made of."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from acolytes_cc.definitions.definition import load_definition, parse_definition
from acolytes_cc.definitions.files import Reason, Scan, is_skill, scan_folder
from acolytes_cc.errors import UserError
from acolytes_cc.lint.engine import Finding, Report, check_definition, make_report
from acolytes_cc.lint.neutral import neutral
from acolytes_cc.lint.report import skipped_text


def lint_text(content: str | bytes, path: str) -> list[Finding]:
    """The findings in one definition that need not be on disk; ``path`` is only named in them."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return check_definition(parse_definition(data, path))


def lint_frontmatter(content: bytes, path: str) -> list[Finding]:
    """The findings in what the client reads of one definition; its body is not looked at."""
    return check_definition(parse_definition(content, path), frontmatter_only=True)


def lint_paths(paths: Iterable[str | Path]) -> Report:
    """The findings in files and in the definitions below folders; a file named twice is read once.

    A file that is named is a definition, unless it is a skill's SKILL.md. Raises UserError for a path that is not
    there, one that is no file, and when there is no definition at all.
    """
    files: dict[str, Path] = {}
    others: dict[str, Reason] = {}
    for scan in map(_scan, map(Path, paths)):
        for file in scan.definitions:
            files.setdefault(os.path.realpath(file), file)
        others.update((os.path.realpath(file), reason) for file, reason in scan.skipped.items())
    skipped = [reason for file, reason in others.items() if file not in files]
    if not files:
        told = f" ({skipped_text(Counter(skipped))})" if skipped else ""
        raise UserError(f"no agent definitions (*.md) there{told}; name a file, or a folder that holds some")
    return make_report(map(load_definition, files.values()), skipped)


def _scan(path: Path) -> Scan:
    # os.path answers no where pathlib raises: a folder without permission, a NUL in the name
    if os.path.isdir(path):
        return scan_folder(path)
    if os.path.isfile(path) or os.path.islink(path):
        return Scan([], {path: "skill"}) if is_skill(path) else Scan([path], {})
    trouble = "is no regular file" if os.path.exists(path) else "does not exist"
    raise UserError(f"{neutral(str(path))} {trouble}; name a file, or a folder that holds definitions")

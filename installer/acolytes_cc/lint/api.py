"""Lint from Python: what the installer calls on rendered agents, and what the command is made of."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.definitions.files import Scan, SkipReason, scan_folder
from acolytes_cc.definitions.kinds import kind_of
from acolytes_cc.definitions.registry import registry
from acolytes_cc.definitions.subject import parse_subject
from acolytes_cc.errors import UserError
from acolytes_cc.lint.engine.check_file import check_definition
from acolytes_cc.lint.engine.run import File, run
from acolytes_cc.lint.finding import Finding, Report
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.report.text import skipped_text
from acolytes_cc.lint.settings.policy import Policy


class Chosen(NamedTuple):
    """The files that paths stand for, and why others are left out."""

    files: tuple[str, ...]
    skipped: tuple[SkipReason, ...]


def lint_text(content: str | bytes, path: str) -> list[Finding]:
    """The findings in one definition that need not be on disk; ``path`` is only named in them."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return check_definition(parse_subject(data, path))


def lint_frontmatter(content: bytes, path: str) -> list[Finding]:
    """The findings in what the client reads of one definition; its body is not looked at."""
    return check_definition(parse_subject(content, path), frontmatter_only=True)


def lint_paths(paths: Iterable[str | Path]) -> Report:
    """The findings in what the paths stand for (see ``choose``), by the newest client that is known."""
    chosen = choose(paths)
    return run([File(path) for path in chosen.files], Policy(), registry(), skipped=chosen.skipped)


def choose(paths: Iterable[str | Path]) -> Chosen:
    """The files that ``paths`` stand for, sorted; one that is named twice is there once.

    A file that is named counts whatever it is. Raises UserError for a path that is not there, one that is no file, and
    when there is no definition at all.
    """
    files: dict[str, str] = {}
    others: dict[str, SkipReason] = {}
    for scan in map(_scan, map(Path, paths)):
        for file in (*scan.definitions, *scan.others):
            files.setdefault(_real(str(file)), str(file))
        others.update((_real(str(file)), reason) for file, reason in scan.skipped.items())
    skipped = tuple(reason for file, reason in others.items() if file not in files)
    if not files:
        told = f" ({skipped_text(Counter(skipped))})" if skipped else ""
        raise UserError(f"no agent definitions (*.md) there{told}; name a file, or a folder that holds some")
    return Chosen(tuple(sorted(files.values())), skipped)


def _real(path: str) -> str:
    """As os.path.realpath, which asks for every folder above each time."""
    parent, name = os.path.split(path)
    return os.path.realpath(path) if os.path.islink(path) else os.path.join(_real_folder(parent, os.getcwd()), name)


@lru_cache(maxsize=4096)
def _real_folder(folder: str, _cwd: str) -> str:
    return os.path.realpath(folder)


def _scan(path: Path) -> Scan:
    # os.path answers no where pathlib raises: a folder without permission, a NUL in the name
    if os.path.isdir(path):
        return scan_folder(path)
    if os.path.isfile(path) or os.path.islink(path):
        if kind_of(path) is None:
            raise UserError(
                f"{printable(str(path))} is no JSON file of the client's; name settings, hooks or manifests"
            )
        return Scan([path], {}, [])
    trouble = "is no regular file" if os.path.exists(path) else "does not exist"
    raise UserError(f"{printable(str(path))} {trouble}; name a file, or a folder that holds definitions")

"""Which files the paths of a call stand for."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.definitions.definition import read_content
from acolytes_cc.definitions.files import Scan, SkipReason, scan_folder
from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.kinds import kind_of
from acolytes_cc.definitions.misplaced import misplaced
from acolytes_cc.errors import UserError
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.report.text import skipped_text


class SelectedFiles(NamedTuple):
    """The files to check, sorted; those of them that the user named; and why others are left out."""

    files: tuple[str, ...]
    named: frozenset[str]
    skipped: tuple[SkipReason, ...]


def select_files(paths: Iterable[str | Path], kind: Kind | None = None) -> SelectedFiles:
    """Return the files that ``paths`` stand for; each is there once. A file that is named counts whatever it is.

    Args:
        paths: Files and folders.
        kind: What the user says that the named files are.

    Raises:
        UserError: A path does not exist or is no file, or there is no definition at all.
    """
    paths = tuple(paths)
    files: dict[str, str] = {}
    others: dict[str, SkipReason] = {}
    cwd = os.getcwd()
    _links.cache_clear()
    for scan in (_scan(Path(path), kind) for path in paths):
        for path in map(str, (*scan.definitions, *scan.others)):
            files.setdefault(_real(path, cwd), path)
        others.update((_real(str(file), cwd), reason) for file, reason in scan.skipped.items())
    skipped = tuple(reason for file, reason in others.items() if file not in files)
    if not files:
        details = f" ({skipped_text(Counter(skipped))})" if skipped else ""
        raise UserError(f"no files that the client reads were found{details}; name a file, or the folder of a project")
    named = frozenset(map(str, map(Path, paths)))
    return SelectedFiles(tuple(sorted(files.values())), named, skipped)


def _real(path: str, cwd: str) -> str:
    """As os.path.realpath, which asks for every folder above each time, and for each file."""
    parent, separator, name = path.rpartition(os.sep)  # many times as fast as os.path.split
    parent += separator
    links = _links(parent)
    is_link = os.path.islink(path) if links is None else name in links
    return os.path.realpath(path) if is_link else _real_folder(parent, cwd) + name


@lru_cache(maxsize=4096)
def _links(folder: str) -> frozenset[str] | None:
    """The names in a folder that are links: one look at it is quicker than one at each file. None if it is closed."""
    try:
        with os.scandir(folder or os.curdir) as entries:
            return frozenset(entry.name for entry in entries if entry.is_symlink())
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=4096)
def _real_folder(folder: str, _cwd: str) -> str:
    """Its real path, with a separator at the end."""
    return os.path.join(os.path.realpath(folder), "")


def _scan(path: Path, kind: Kind | None) -> Scan:
    # os.path says no where pathlib raises: a folder without permission, a NUL in the name
    if os.path.isdir(path):
        return scan_folder(path)
    if os.path.isfile(path) or os.path.islink(path):
        if path.name.endswith(".json") and not (kind or kind_of(path) or misplaced(str(path), lambda: _text(path))):
            raise UserError(
                f"{printable(str(path))} is not a JSON file of the client; name settings, hooks or manifests, "
                "or say with --as what it is"
            )
        return Scan([path], {}, [])
    trouble = "is not a regular file" if os.path.exists(path) else "does not exist"
    raise UserError(f"{printable(str(path))} {trouble}; name a file, or the folder of a project")


def _text(path: Path) -> str:
    return read_content(path).source.text

"""Which files the paths of a call stand for."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.definitions.files import Scan, SkipReason, scan_folder
from acolytes_cc.definitions.kinds import kind_of
from acolytes_cc.errors import UserError
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.report.text import skipped_text


class SelectedFiles(NamedTuple):
    """The files to check, sorted, and why others are left out."""

    files: tuple[str, ...]
    skipped: tuple[SkipReason, ...]


def select_files(paths: Iterable[str | Path]) -> SelectedFiles:
    """Return the files that ``paths`` stand for; each is there once. A file that is named counts whatever it is.

    Raises:
        UserError: A path does not exist or is no file, or there is no definition at all.
    """
    files: dict[str, str] = {}
    others: dict[str, SkipReason] = {}
    for scan in map(_scan, map(Path, paths)):
        for file in (*scan.definitions, *scan.others):
            files.setdefault(_real(str(file)), str(file))
        others.update((_real(str(file)), reason) for file, reason in scan.skipped.items())
    skipped = tuple(reason for file, reason in others.items() if file not in files)
    if not files:
        details = f" ({skipped_text(Counter(skipped))})" if skipped else ""
        raise UserError(f"no agent definitions (*.md) found{details}; name a file, or a folder that contains some")
    return SelectedFiles(tuple(sorted(files.values())), skipped)


def _real(path: str) -> str:
    """As os.path.realpath, which asks for every folder above each time."""
    parent, name = os.path.split(path)
    return os.path.realpath(path) if os.path.islink(path) else os.path.join(_real_folder(parent, os.getcwd()), name)


@lru_cache(maxsize=4096)
def _real_folder(folder: str, _cwd: str) -> str:
    return os.path.realpath(folder)


def _scan(path: Path) -> Scan:
    # os.path says no where pathlib raises: a folder without permission, a NUL in the name
    if os.path.isdir(path):
        return scan_folder(path)
    if os.path.isfile(path) or os.path.islink(path):
        if kind_of(path) is None:
            raise UserError(
                f"{printable(str(path))} is not a JSON file of the client; name settings, hooks or manifests"
            )
        return Scan([path], {}, [])
    trouble = "is not a regular file" if os.path.exists(path) else "does not exist"
    raise UserError(f"{printable(str(path))} {trouble}; name a file, or a folder that contains definitions")

"""Single files and folders: written whole or not at all."""

from __future__ import annotations

import contextlib
import glob
import os
import tempfile
from pathlib import Path

from acolytes_cc.errors import Exit, UserError

_STAGED = ".acolytes-new"


def replace(path: Path, content: bytes, mode: int) -> None:
    """Write ``content`` beside ``path`` and move it there: a reader sees the old file or the new one, never a part."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_STAGED)
    try:
        with open(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def remove_staged(path: Path) -> None:
    """Remove what a ``replace`` of ``path`` that was killed left beside it."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*{_STAGED}"):
        left.unlink(missing_ok=True)


def make_folders(folder: Path, mode: int = 0o777) -> list[Path]:
    """Make ``folder`` (with ``mode``) and its parents; returns the ones that were missing, parents first."""
    missing = missing_folders(folder)
    try:
        for parent in missing:
            parent.mkdir(mode=mode if parent == folder else 0o777, exist_ok=True)
    except FileExistsError as error:
        raise UserError(f"{error.filename} is a link that leads nowhere: mend or remove it", Exit.CANNOT) from None
    return missing


def missing_folders(folder: Path) -> list[Path]:
    """The folders that ``folder`` lacks, itself included, parents first."""
    return [parent for parent in reversed([folder, *folder.parents]) if not parent.exists()]

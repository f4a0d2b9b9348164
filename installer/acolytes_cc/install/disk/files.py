"""Single files and folders: each one is written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from acolytes_cc.errors import Exit, UserError, cannot_read
from acolytes_cc.signals import signals_held

_STAGED = ".acolytes-new"
NOT_A_FILE = ""
"""The digest of a folder, and of a link whose target does not exist: neither can be a file that we wrote."""


def sha256(content: bytes) -> str:
    """The SHA-256 of ``content`` in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digest(path: Path) -> str | None:
    """The SHA-256 of a file.

    Returns:
        None where nothing is at ``path``; ``NOT_A_FILE`` for a folder and for a link whose target does not exist.

    Raises:
        UserError: The file cannot be read, or one of its parents is a file.
    """
    try:
        return sha256(path.read_bytes())
    except FileNotFoundError:
        return NOT_A_FILE if path.is_symlink() else None
    except IsADirectoryError:
        return NOT_A_FILE
    except NotADirectoryError:
        raise UserError(f"{path}: a file is in the place of a folder; move that file away", Exit.CANNOT) from None
    except OSError as error:
        raise cannot_read(path, error) from None


def replace(path: Path, content: bytes, mode: int) -> None:
    """Write ``content`` beside ``path`` and move it there: a reader sees the old file or the new one, never a part."""
    with signals_held():
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
    """Remove the temporary files that a killed ``replace`` of ``path`` left beside it."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        # not by a pattern, which takes longer to compile than the folder to read: an update looks beside each launcher
        for name in os.listdir(path.parent):
            if name.startswith(f".{path.name}.") and name.endswith(_STAGED):
                (path.parent / name).unlink(missing_ok=True)


def move(staged: Path, path: Path) -> None:
    """Move a file over ``path``, also to another file system, where a link in the path may lead."""
    try:
        staged.replace(path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        replace(path, staged.read_bytes(), staged.stat().st_mode & 0o777)


def link_target(path: Path) -> Path:
    """The file that a link leads to; ``path`` itself for anything else. A link of the user's stays a link."""
    return path.resolve() if path.is_symlink() else path


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_all(paths: list[Path]) -> None:
    """Wait until all of these files are on the disk. It takes many at once, so several threads ask for them."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=8) as pool:
        for _ in pool.map(sync, paths):
            pass


def make_folders(folder: Path, mode: int = 0o777) -> list[Path]:
    """Make ``folder`` (with ``mode``) and its parents; returns the ones that were missing, parents first."""
    missing = missing_folders(folder)
    try:
        for parent in missing:
            parent.mkdir(mode=mode if parent == folder else 0o777, exist_ok=True)
    except FileExistsError as error:
        message = f"{error.filename} is a link to a place that does not exist: repair or remove the link"
        raise UserError(message, Exit.CANNOT) from None
    return missing


def missing_folders(folder: Path) -> list[Path]:
    """Of ``folder`` and its parents, the ones that do not exist, parents first."""
    return [parent for parent in reversed([folder, *folder.parents]) if not parent.exists()]


def remove_empty_folders(folders: Iterable[Path]) -> None:
    """Remove those of the folders that are empty, in the given order; the others stay."""
    for folder in folders:
        with contextlib.suppress(OSError):  # not empty, or already removed
            os.rmdir(os.path.normpath(folder))

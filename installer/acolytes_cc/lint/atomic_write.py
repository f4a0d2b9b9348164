"""Replaces the content of a file in one step; its mode and its owner stay."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path


def replace_content(path: Path, *data: bytes) -> None:
    """Write the parts of ``data`` into the file at ``path``. If that is a link, its target is written.

    A device or a named pipe, such as ``/dev/null``, is written to and stays what it is.
    """
    target = Path(os.path.realpath(path))
    if _is_special(target):
        with target.open("wb") as stream:
            stream.writelines(data)
        return
    import tempfile

    from acolytes_cc.signals import signals_held

    with signals_held():
        try:
            handle, new = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".acolytes", dir=target.parent)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from None  # not the name of the temporary file
        try:
            with open(handle, "wb") as file:
                file.writelines(data)
                file.flush()
                _like(target, file.fileno())
                os.fsync(file.fileno())
            os.replace(new, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(new)
            raise


def _is_special(target: Path) -> bool:
    try:
        mode = target.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _like(target: Path, handle: int) -> None:
    try:
        info = target.stat()
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(handle, 0o666 & ~mask)
        return
    with contextlib.suppress(PermissionError):  # the group of another: ours is what remains
        os.fchown(handle, info.st_uid, info.st_gid)
    os.fchmod(handle, info.st_mode & 0o7777)

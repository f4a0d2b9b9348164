"""Writes a file so that it is wholly old or wholly new, with the mode and the owner that it had."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def replace_content(path: Path, *data: bytes) -> None:
    """Put ``data``, one after the other, into the file at ``path``, through a link when it is one; the link stays."""
    target = Path(os.path.realpath(path))
    handle, new = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".acolytes", dir=target.parent)
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

"""What the disk of a board allows: whether it is full or read-only, and whether a file is only a part of a board."""

from __future__ import annotations

import errno
import os

from ..errors import UnavailableError

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
_LEAST_FREE = 64 * 1024  # bytes: SQLite writes whole pages, and the index of its log takes 32 KiB
_WAL_FORMAT = b"\2"  # byte 18 of the file: changes go to the log `-wal` first. A backup has another value.


def full(path: str, *, sure: bool = True) -> UnavailableError:
    """Return the error for a full disk. If it is not `sure`, the disk for temporary files may be the full one."""
    which = "is full" if sure else "or the one for temporary files is full, or your user's quota is used up"
    return UnavailableError(
        f"the disk of {path} {which}: nothing was changed; free some space (df -h {os.path.dirname(path)}), then repeat"
        " the call"
    )


def is_full(path: str) -> bool:
    """Whether the disk of a file has no room for a few pages more."""
    try:
        status = os.statvfs(os.path.dirname(path))
    except OSError:
        return False
    return status.f_bavail * status.f_frsize < _LEAST_FREE


def cannot_write(error: OSError, path: str, otherwise: str) -> UnavailableError:
    """Return the error for a file that could not be written; `otherwise` is the line if the disk is not full."""
    return full(path) if error.errno in _FULL else UnavailableError(otherwise)


def is_read_only(path: str) -> bool:
    """Whether this process can write neither the board nor the files that belong beside it."""
    return not (os.access(path, os.W_OK) and os.access(os.path.dirname(path), os.W_OK))


def may_lack_log(path: str) -> bool:
    """Whether the file is likely a copy that was made without its log.

    A board that is in use has its lock beside it, and a backup is in another format.
    """
    if os.path.exists(path + "-lock") or has_log(path):
        return False
    try:
        with open(path, "rb") as file:
            return file.read(19)[18:] == _WAL_FORMAT
    except OSError:
        return False


def has_log(path: str) -> bool:
    """Whether there are changes in the log that are not in the file yet."""
    try:
        return os.stat(path + "-wal").st_size > 0
    except OSError:
        return False

"""The folder of those who wait for one board on a server, private to one user. It exists while somebody uses it.

Who uses the folder holds a shared lock on it, which the kernel frees with the process. So the last one can tell that it
is the last, and removes the folder. What killed processes left is removed by the next one that waits for any board.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import zlib

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterator

_TRIES = 3  # a process that has just been told to stop may still make a file


class WaitingFolder:
    """The folder for `board`. It is made by `path`, and left by `leave`."""

    def __init__(self, board: str) -> None:
        self._name = f"{_prefix()}{zlib.crc32(board.encode()):08x}"
        self._path: str | None = None
        self._handle: int | None = None

    def path(self) -> str | None:
        """Return the folder, which now exists until `leave`; None where there can be none.

        Something that cleans temporary files away may have removed it; then it is made again.
        """
        if self._path and self._handle is not None and not _is_at(self._path, self._handle):
            os.close(self._handle)
            self._path = self._handle = None
        for parent in [] if self._path else _parents():
            path = os.path.join(parent, self._name)
            with contextlib.suppress(OSError):
                self._handle = _use(path)
                if self._handle is not None:
                    self._path = path
                    break
        return self._path

    def leave(self) -> None:
        """Use the folder no more, and remove it if nobody else does."""
        path, handle, self._path, self._handle = self._path, self._handle, None, None
        if path and handle is not None:
            # Released first: two that leave at the same moment must not both find the other one there.
            fcntl.flock(handle, fcntl.LOCK_UN)
            _remove_unused(path, handle)
            os.close(handle)


def remove_left() -> None:
    """Remove the folders of this user, for any board, that processes have left when they were killed."""
    for parent in _parents():
        with contextlib.suppress(OSError):
            for name in [name for name in os.listdir(parent) if name.startswith(_prefix())]:
                path = os.path.join(parent, name)
                with contextlib.suppress(OSError):
                    handle = _opened(path)
                    if _is_private(handle):
                        _remove_unused(path, handle)
                    os.close(handle)


def _prefix() -> str:
    return f"acolytes-quest-{os.geteuid()}-"


def _parents() -> Iterator[str]:
    named = (os.environ.get("XDG_RUNTIME_DIR"), os.environ.get("TMPDIR"), "/tmp")  # noqa: S108  see `_is_private`
    yield from dict.fromkeys(parent for parent in named if parent)


def _use(path: str) -> int | None:
    """Make the folder if there is none, and return it with a shared lock; None if it is not private."""
    while True:
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, 0o700)
        try:
            handle = _opened(path)
        except FileNotFoundError:
            continue  # the last one who used it has just removed it
        if not _is_private(handle):
            os.close(handle)
            return None
        fcntl.flock(handle, fcntl.LOCK_SH)
        if _is_at(path, handle):
            return handle
        os.close(handle)


def _remove_unused(path: str, handle: int) -> None:
    """Remove the folder unless a process holds a lock on it."""
    with contextlib.suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _is_at(path, handle):
            return
        for _ in range(_TRIES):
            for name in os.listdir(path):
                os.unlink(os.path.join(path, name))
            with contextlib.suppress(OSError):
                os.rmdir(path)
                return


def _opened(path: str) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _is_private(handle: int) -> bool:
    status = os.fstat(handle)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _is_at(path: str, handle: int) -> bool:
    """Whether the folder is still the one at this path."""
    try:
        return os.path.samestat(os.lstat(path), os.fstat(handle))
    except OSError:
        return False

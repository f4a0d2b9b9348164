"""Write a new file that only its owner can read: whole or not at all, and never over another one by accident."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time

from .errors import RefusalError, UnavailableError

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK_TRIES, _LOCK_PAUSE_SECONDS = 50, 0.02


@contextlib.contextmanager
def new_file(path: str, *, replace: bool = False) -> Iterator[str]:
    """Yield the name of an empty file to write to. It gets the name `path` when the block has ended.

    Raises:
        RefusalError: There is a file of that name, unless `replace` is set, or no file can be made there.
        UnavailableError: It cannot be written to its end.
    """
    if os.path.lexists(path) and not replace:
        raise _exists(path)
    with _place(path):
        yield from _written(path, replace=replace)


def _written(path: str, *, replace: bool) -> Iterator[str]:
    new = f"{path}-new-{os.urandom(4).hex()}"  # what a killed process has left must not be in the way
    try:
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
    except OSError as error:
        raise RefusalError(f"cannot write {path}: {error.strerror} ({new}); name another file with --out") from None
    try:
        yield new
        sync(new)
        if replace:
            os.replace(new, path)
        else:
            os.link(new, path)  # unlike a rename, this never replaces a file
        sync(os.path.dirname(path))
    except FileExistsError:
        raise _exists(path) from None
    except OSError as error:
        raise UnavailableError(f"cannot write {path}: {error.strerror}; name another place with --out") from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(new)


@contextlib.contextmanager
def _place(path: str) -> Iterator[None]:
    """Share the folder with those who write new files there. Whoever has it alone removes what was left for `path`.

    A lock of the folder shows who writes: SQLite may mind one of the new file. Without locks, nothing is removed.
    """
    import fcntl

    try:
        folder = os.open(os.path.dirname(path) or os.curdir, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield  # to make the file fails, too
        return
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove_leftovers(path)
        with contextlib.suppress(OSError):
            _share(folder)
        yield
    finally:
        os.close(folder)


def _share(folder: int) -> None:
    import fcntl

    for _ in range(_LOCK_TRIES):
        with contextlib.suppress(BlockingIOError):  # another one removes what was left
            fcntl.flock(folder, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return
        time.sleep(_LOCK_PAUSE_SECONDS)


def _remove_leftovers(path: str) -> None:
    folder, name = os.path.split(path)
    for other in os.listdir(folder or os.curdir):
        if re.fullmatch(re.escape(name) + "-new-[0-9a-f]{8}", other):
            left = os.path.join(folder, other)
            if stat.S_ISREG(os.lstat(left).st_mode):
                os.unlink(left)


def _exists(path: str) -> RefusalError:
    return RefusalError(f"{path} exists already: remove it, or name another file with --out")


def sync(path: str) -> None:
    """Return when a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

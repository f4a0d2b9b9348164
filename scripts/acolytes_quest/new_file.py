"""Write a new file that only its owner can read: whole or not at all, and never over another one by accident."""

from __future__ import annotations

import contextlib
import os

from .errors import RefusalError, UnavailableError

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def new_file(path: str, *, replace: bool = False) -> Iterator[str]:
    """Yield the name of an empty file to write to. It gets the name `path` when the block has ended.

    Raises:
        RefusalError: There is a file of that name, unless `replace` is set, or no file can be made there.
        UnavailableError: It cannot be written to its end.
    """
    if os.path.lexists(path) and not replace:
        raise _exists(path)
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


def _exists(path: str) -> RefusalError:
    return RefusalError(f"{path} exists already: remove it, or name another file with --out")


def sync(path: str) -> None:
    """Return when a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""The write gate: writers queue at a lock file, because SQLite's own retries let some of them wait for ever."""

from __future__ import annotations

import _thread
import contextlib
import fcntl
import os

from ..errors import UnavailableError

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def gate(path: str, wait: float) -> Iterator[None]:
    """Hold the lock file `path` exclusively, waiting at most `wait` seconds; the kernel frees it with the process.

    Raises UnavailableError when the wait is over or the file cannot be made.
    """
    with _opened(path) as handle:
        if not _take(handle, wait):
            raise UnavailableError(
                f"the board is locked: another writer held {path} for over {wait:g} s; "
                "try again, or raise $ACOLYTES_QUEST_BUSY (seconds)"
            )
        yield


@contextlib.contextmanager
def _opened(path: str) -> Iterator[int]:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        from .disk import cannot_write

        line = f"cannot write beside the board ({path}: {error.strerror}); make its folder one your user may write in"
        raise cannot_write(error, path, line) from None
    try:
        yield handle
    finally:
        os.close(handle)


def _take(handle: int, wait: float) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _queue(handle, wait)
    except OSError as error:
        raise UnavailableError(
            f"cannot lock a file beside the board ({error.strerror}): put it on a local disk"
        ) from None
    return True


def _queue(handle: int, wait: float) -> bool:
    """Block in a thread, since flock() knows no time limit and trying again and again would lose the queue's order.

    A thread that is still blocked at the limit does no harm: closing the handle releases the lock that it gets later.
    """
    taken = _thread.allocate_lock()
    taken.acquire()

    def block() -> None:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
            taken.release()

    _thread.start_new_thread(block, ())
    return taken.acquire(timeout=wait)

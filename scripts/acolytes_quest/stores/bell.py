"""The bell: a FIFO through which a waiting process is woken after the sender's COMMIT.

A ring is only a hint and carries no data: the process then reads the board, and it also polls slowly, in case a ring is
lost. Each waiting process has one FIFO `<agent>@<random>.<ear>.<ear>` in the folder of the bells. Its ears say for what
it listens (see `board.listening`). A FIFO without a reader was left by a killed process.
"""

from __future__ import annotations

import contextlib
import os
import select
import stat
import time

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# A listener needs a moment between creating its FIFO and opening it, so only older ones count as dead.
_STALE_SECONDS = 10.0


class Bell:
    """The FIFO of one listener. Where none can be created, as on a network mount, `wait` only sleeps."""

    def __init__(self, folder: str, agent: str, ears: Iterable[str] = ()) -> None:
        self._folder = folder
        self._path = os.path.join(folder, f"{agent}@{'.'.join([os.urandom(8).hex(), *ears])}")
        self._handle: int | None = None
        try:
            listeners(folder, {agent})  # deletes this agent's dead FIFOs
            os.mkfifo(self._path, 0o600)
            # Read and write: with a writer of our own the FIFO never reports an end of file.
            self._handle = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            self.close()

    def wait(self, seconds: float, also: Sequence[int] = ()) -> bool:
        """Sleep until rung or until one of the files `also` can be read, at most `seconds`; return whether it did."""
        handles = [*also] if self._handle is None else [self._handle, *also]
        ready = select.select(handles, [], [], seconds)[0]
        if self._handle is None or self._handle not in ready:
            return bool(ready)
        with contextlib.suppress(BlockingIOError):
            os.read(self._handle, 4096)
        return True

    def is_heard_by(self, agent: str, ears: Sequence[str]) -> bool | None:
        """Whether a process listens as `agent` with one of the ears; None where FIFOs do not work."""
        if self._handle is None:
            return None
        return any(ear in ears for _, ear in listeners(self._folder, {agent}))

    def close(self) -> None:
        """Delete the FIFO."""
        with contextlib.suppress(OSError):
            os.unlink(self._path)
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def ring(folder: str, agents: Iterable[str]) -> None:
    """Wake every process that waits as one of `agents`, and delete dead FIFOs. It never blocks and never fails."""
    for path in _bells(folder, frozenset(agents)):
        handle = _open_to_ring(path)
        if handle is not None:
            with contextlib.suppress(OSError):  # full: it rings already; broken: the listener has just gone
                os.write(handle, b"!")
            os.close(handle)
    if hasattr(os, "sched_yield"):
        os.sched_yield()  # else Linux may let this process go on for milliseconds before who was woken


def listeners(folder: str, agents: Iterable[str] | None = None) -> set[tuple[str, str]]:
    """Return as which agents processes listen, and with which ears; None stands for all agents.

    FIFOs that nobody reads any more are deleted.
    """
    found: set[tuple[str, str]] = set()
    for path in _bells(folder, agents):
        handle = _open_to_ring(path)
        if handle is not None:
            os.close(handle)
            agent, _, rest = os.path.basename(path).partition("@")
            found.update((agent, ear) for ear in rest.split(".")[1:])
    return found


def _bells(folder: str, agents: Iterable[str] | None) -> list[str]:
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    parts = [(name.partition("@"), name) for name in names]
    return [os.path.join(folder, name) for (agent, at, _), name in parts if at and (agents is None or agent in agents)]


def _open_to_ring(path: str) -> int | None:
    """Open a FIFO for writing. If no process reads it any more, delete it and return None."""
    with contextlib.suppress(OSError):
        status = os.lstat(path)
        if not stat.S_ISFIFO(status.st_mode):
            return None
        try:
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            if time.time() - status.st_mtime > _STALE_SECONDS:
                os.unlink(path)
    return None

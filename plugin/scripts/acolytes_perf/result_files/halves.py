"""A large file as two halves that two processors read at once.

`multiprocessing` would do the same and takes 25 ms to import, which is a tenth of all the time.
"""

from __future__ import annotations

import _thread
import os
import pickle
import signal
import sys
from collections.abc import Callable
from typing import Generic, TypeVar

from acolytes_perf.result_files.source import BLOCK, LONGEST_LINE, Source

Found = TypeVar("Found")
#: Smaller files are read before a second process would have begun.
LEAST_BYTES = 16 << 20
#: Where Linux lists a process's threads; elsewhere only Python's own are known.
_THREADS = "/proc/self/task"
#: Seconds after which a process looks again whether the one that wants its result is still there.
_LOOKS = 0.1


def middle(source: Source, reader: object) -> int | None:
    """Where the second half of a file begins that can be read by itself, None for a file that is read as one.

    The same for the same file on every machine, so that its results are, too. Only a reader of lines has `QUOTES`: what
    may hold several lines together.
    """
    quotes: bytes | None = getattr(reader, "QUOTES", None)
    if quotes is None or source.zipped or source.bytes < LEAST_BYTES:
        return None
    start = source.bytes // 2
    try:
        line = source.between(start, start + BLOCK).find(b"\n") + 1
        before = source.between(start + line - 4 * LONGEST_LINE, start + line) if quotes else b""
    except OSError:  # which reading says
        return None
    return None if not line or (quotes and quotes in before) else start + line


def both(here: Callable[[], Found], there: Callable[[], Found]) -> tuple[Found, Found]:
    """What two tasks give; at the same time, the second in a process of its own, where that can be and is quicker.

    If there is no room for that process, or if it died, its task is done here, which also raises what it would raise.
    """
    if not _may_fork():
        return here(), there()
    child = _Child(there)
    try:
        return here(), child.result()
    finally:
        child.stop()


def _may_fork() -> bool:
    """Whether a copy of this process would work, since threads are not copied, and would run beside it."""
    if not hasattr(os, "fork") or signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN:
        return False  # without that signal nobody learns how a process ended
    threads = len(os.listdir(_THREADS)) if os.path.isdir(_THREADS) else 1 + _thread._count()
    return threads == 1 and _processors() > 1


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Child(Generic[Found]):
    """A copy of this process that does one task; none where the system has no room for it."""

    def __init__(self, task: Callable[[], Found]) -> None:
        self._task, self._process, parent = task, 0, os.getpid()
        try:
            self._reading, writing = os.pipe()
        except OSError:
            return
        try:
            process = os.fork()
            if process == 0:
                self._work(writing, parent)
            self._process = process
        except OSError:
            os.close(self._reading)
        finally:
            os.close(writing)

    def _work(self, writing: int, parent: int) -> None:
        """The task's result into the pipe; never returns, as all that follows is the parent's."""
        status = 1
        try:
            os.close(self._reading)
            sys.stderr = None  # how far reading is, the parent shows
            signal.signal(signal.SIGALRM, lambda *_: os.getppid() == parent or os._exit(1))
            signal.setitimer(signal.ITIMER_REAL, _LOOKS, _LOOKS)
            with os.fdopen(writing, "wb") as stream:
                pickle.dump(self._task(), stream, pickle.HIGHEST_PROTOCOL)
            status = 0
        finally:
            os._exit(status)

    def result(self) -> Found:
        """What the task gave."""
        if not self._process:
            return self._task()
        with os.fdopen(self._reading, "rb", closefd=False) as stream:
            written = stream.read()
        if os.waitpid(self._ended(), 0)[1]:
            return self._task()
        found: Found = pickle.loads(written)  # noqa: S301 -- of this program's own process
        return found

    def stop(self) -> None:
        """Ends the process if it still runs."""
        if self._process:
            os.kill(self._process, 9)
            os.waitpid(self._ended(), 0)

    def _ended(self) -> int:
        """The process, of which nothing is wanted any more."""
        process, self._process = self._process, 0
        os.close(self._reading)
        return process

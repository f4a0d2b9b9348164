"""A large file as two halves that two processors read at once.

`multiprocessing` would do the same and takes 25 ms to import, which is a tenth of all the time.
"""

from __future__ import annotations

import _thread
import os
import pickle
import sys
from collections.abc import Callable
from typing import Generic, TypeVar

from acolytes_perf.result_files.source import BLOCK, LONGEST_LINE, Source

Found = TypeVar("Found")
#: Smaller files are read before a second process would have begun.
LEAST_BYTES = 16 << 20
#: Where Linux lists a process's threads; elsewhere only Python's own are known.
_THREADS = "/proc/self/task"


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
    threads = len(os.listdir(_THREADS)) if os.path.isdir(_THREADS) else 1 + _thread._count()
    return hasattr(os, "fork") and threads == 1 and _processors() > 1


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Child(Generic[Found]):
    """A copy of this process that does one task; none where the system has no room for it."""

    def __init__(self, task: Callable[[], Found]) -> None:
        self._task, self._process = task, 0
        reading, writing = os.pipe()
        self._stream = os.fdopen(reading, "rb")
        try:
            process = os.fork()
            if process == 0:
                self._work(writing)
            self._process = process
        except OSError:
            pass
        finally:
            os.close(writing)

    def _work(self, writing: int) -> None:
        """The task's result into the pipe; never returns, as all that follows is the other process's."""
        status = 1
        self._stream.close()  # or writing would wait for ever for a reader that is gone
        sys.stderr = None  # how far reading is, the other process shows
        try:
            with os.fdopen(writing, "wb") as stream:
                pickle.dump(self._task(), stream, pickle.HIGHEST_PROTOCOL)
            status = 0
        finally:
            os._exit(status)

    def result(self) -> Found:
        """What the task gave."""
        written = self._stream.read()
        process, self._process = self._process, 0
        if not process or os.waitpid(process, 0)[1]:
            return self._task()
        found: Found = pickle.loads(written)  # noqa: S301 -- of this program's own process
        return found

    def stop(self) -> None:
        """Ends the process if it still runs, and closes the pipe."""
        self._stream.close()
        if self._process:
            os.kill(self._process, 9)
            os.waitpid(self._process, 0)

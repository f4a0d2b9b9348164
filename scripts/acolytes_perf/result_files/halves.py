"""A large file as two halves that two processors read at once.

`multiprocessing` would do the same and takes 25 ms to import, which is a tenth of all the time.
"""

from __future__ import annotations

import _thread
import os
import pickle
import sys
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from acolytes_perf.result_files.source import BLOCK, LONGEST_LINE, Source

Found = TypeVar("Found")
#: Smaller files are read before a second process would have begun.
LEAST_BYTES = 16 << 20
#: Where Linux lists a process's threads; elsewhere only Python's own are known.
_THREADS = "/proc/self/task"


def halves(source: Source, reader: object) -> Sequence[tuple[int, int | None]]:
    """Where the parts of a file start and stop that can be read by themselves: two, or one that is all of it.

    The same for the same file on every machine, so that its results are, too. Only a reader of lines has `QUOTES`: what
    may hold several lines together.
    """
    quotes: bytes | None = getattr(reader, "QUOTES", None)
    if quotes is None or source.zipped or source.bytes < LEAST_BYTES:
        return [(0, None)]
    start = source.bytes // 2
    line = source.between(start, start + BLOCK).find(b"\n") + 1
    before = source.between(start + line - 4 * LONGEST_LINE, start + line) if quotes else b""
    if not line or (quotes and quotes in before):
        return [(0, None)]
    return [(0, start + line), (start + line, None)]


def all_at_once(tasks: Sequence[Callable[[], Found]]) -> list[Found]:
    """What the tasks give: the first is done here, each other at the same time in a process of its own where it can be.

    A task whose process died is done here, which also raises what it would raise.
    """
    first, *others = tasks
    if not others or not _may_fork():
        return [task() for task in tasks]
    children: list[_Child[Found]] = []
    try:
        children.extend(map(_Child, others))
        return [first(), *(child.result() for child in children)]
    finally:
        for child in children:
            child.stop()


def _may_fork() -> bool:
    """Whether a copy of this process would work, since threads are not copied, and would run beside it."""
    threads = len(os.listdir(_THREADS)) if os.path.isdir(_THREADS) else 1 + _thread._count()
    return hasattr(os, "fork") and threads == 1 and _processors() > 1


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Child(Generic[Found]):
    """A copy of this process that does one task."""

    def __init__(self, task: Callable[[], Found]) -> None:
        self._task = task
        reading, writing = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(reading)
            self._work(writing)
        os.close(writing)
        self._stream = os.fdopen(reading, "rb")

    def _work(self, writing: int) -> None:
        """The task's result into the pipe; never returns, as all that follows is the other process's."""
        status = 1
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
        _, status = os.waitpid(process, 0)
        if status:
            return self._task()
        found: Found = pickle.loads(written)  # noqa: S301 -- of this program's own process
        return found

    def stop(self) -> None:
        """Ends the process if it still runs, and closes the pipe."""
        self._stream.close()
        if self._process:
            os.kill(self._process, 9)
            os.waitpid(self._process, 0)

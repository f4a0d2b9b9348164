"""Reads a large file as two halves on two processors.

`os.fork` by hand instead of `multiprocessing`: importing that takes 9 of the 420 ms of k6's 200 MB. A
`ProcessPoolExecutor` also starts threads and pickles its tasks, and takes 1.02 to 1.07 times the processor time.
"""

from __future__ import annotations

import _thread
import os
import pickle
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TypeVar

from acolytes_perf.result_files.source import BLOCK_BYTES, MAX_LINE_BYTES, Source

Result = TypeVar("Result")
#: A smaller file is read before a second process would have started.
MIN_BYTES = 16 << 20
#: Where Linux lists a process's threads; elsewhere only Python's own are known.
_THREADS = "/proc/self/task"
#: Seconds after which the second process checks that the first still runs.
_CHECK_INTERVAL = 0.1


def split_position(source: Source, reader: object) -> int | None:
    """Where the second half of a file starts; None for a file that is read as a whole.

    The position is the same on every machine, so that results are, too. Only a reader of lines has `QUOTES`: the signs
    that may hold several lines together.
    """
    quotes: bytes | None = getattr(reader, "QUOTES", None)
    if quotes is None or source.is_gzip or source.bytes < MIN_BYTES:
        return None
    start = source.bytes // 2
    try:
        line = source.read_range(start, start + BLOCK_BYTES).find(b"\n") + 1
        before = source.read_range(start + line - 4 * MAX_LINE_BYTES, start + line) if quotes else b""
    except OSError:  # reading the file reports it
        return None
    return None if not line or (quotes and quotes in before) else start + line


def run_in_parallel(here: Callable[[], Result], there: Callable[[], Result]) -> tuple[Result, Result]:
    """Runs two tasks at the same time, the second in a process of its own.

    Where that is not possible, or the process dies, the second task runs here, too, and raises what it would raise.

    Args:
        here: runs in this process.
        there: runs in a copy of this process; its result must be picklable.

    Returns:
        The results of both.
    """
    if not _can_fork():
        return here(), there()
    try:
        receiver, sender = os.pipe()
    except OSError:
        return here(), there()
    parent, process = os.getpid(), 0
    with os.fdopen(receiver, "rb") as stream:
        try:
            process = os.fork()
            if not process:
                _send_result(sender, there, parent)
        except OSError:  # the system has no room for another process
            return here(), there()
        finally:
            os.close(sender)
        try:
            first = here()
            sent = stream.read()
        except BaseException:
            os.kill(process, signal.SIGKILL)
            raise
        finally:
            with suppress(ChildProcessError):  # the system waits where SIGCHLD is ignored
                os.waitpid(process, 0)
    try:
        return first, pickle.loads(sent)  # noqa: S301 -- from a copy of this process
    except (EOFError, pickle.UnpicklingError):  # it died before it had sent all
        return first, there()


def _send_result(sender: int, task: Callable[[], object], parent: int) -> NoReturn:
    """Sends the result as the copy of a process; all that follows there is the parent's."""
    try:
        sys.stderr = None  # the parent shows the progress
        signal.signal(signal.SIGALRM, lambda *_: os.getppid() == parent or os._exit(1))
        signal.setitimer(signal.ITIMER_REAL, _CHECK_INTERVAL, _CHECK_INTERVAL)
        with os.fdopen(sender, "wb") as stream:
            pickle.dump(task(), stream, pickle.HIGHEST_PROTOCOL)
    finally:  # after a failure the parent runs the task again, and raises what it raises
        os._exit(0)


def _can_fork() -> bool:
    """Whether a copy of this process would work, since threads are not copied, and run on another processor."""
    if not hasattr(os, "fork"):
        return False
    threads = len(os.listdir(_THREADS)) if os.path.isdir(_THREADS) else 1 + _thread._count()
    return threads == 1 and _count_processors() > 1


def _count_processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

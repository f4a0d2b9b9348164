"""Reads a large file as two halves on two processors.

A `multiprocessing.Process` with a pipe reads the second half. On files of 200 MB it takes 0.99 to 1.03 times the
processor time of `os.fork` by hand. A `ProcessPoolExecutor` takes 1.02 to 1.07 times, since it starts threads and
pickles its tasks.
"""

from __future__ import annotations

import _thread
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from acolytes_perf.result_files.source import BLOCK_BYTES, MAX_LINE_BYTES, Source

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

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
    from multiprocessing import get_context

    context = get_context("fork")
    try:
        receiver, sender = context.Pipe(duplex=False)
    except OSError:
        return here(), there()
    process = context.Process(target=_send_result, args=(sender, there, os.getpid()))
    try:
        try:
            process.start()
        except OSError:
            return here(), there()
        finally:
            sender.close()
        first = here()
        try:
            second: Result = receiver.recv()
        except EOFError:
            second = there()
        return first, second
    finally:
        receiver.close()
        if process.pid is not None:
            process.kill()
            process.join()


def _send_result(sender: Connection, task: Callable[[], object], parent: int) -> None:
    import signal

    sys.stderr = None  # the parent shows the progress
    signal.signal(signal.SIGALRM, lambda *_: os.getppid() == parent or os._exit(1))
    signal.setitimer(signal.ITIMER_REAL, _CHECK_INTERVAL, _CHECK_INTERVAL)
    try:
        sender.send(task())
    except BaseException:  # noqa: BLE001 -- the parent runs the task again, and raises what it raises
        os._exit(1)


def _can_fork() -> bool:
    """Whether a copy of this process would work, since threads are not copied, and run on another processor."""
    if not hasattr(os, "fork"):
        return False
    threads = len(os.listdir(_THREADS)) if os.path.isdir(_THREADS) else 1 + _thread._count()
    return threads == 1 and _count_processors() > 1


def _count_processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

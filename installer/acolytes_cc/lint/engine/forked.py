"""Shares work with copies of this process, for which nothing has to be imported or sent.

This process works as well, and takes what is left when a copy ends early: when it cannot be started, fails, or is
killed for its memory.
"""

from __future__ import annotations

import marshal
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO, TypeAlias

Row: TypeAlias = tuple[Any, ...]
"""Plain values: numbers, bytes, texts, None. A named tuple is no plain tuple."""

_LEAST = 25  # a smaller share is not worth the look into the queue
_MOST_SHARES = 1_000  # the queue must fit into a pipe
_NUMBER_BYTES = 4
_SENT_AT_ONCE = 100  # in one piece, all rows would be in memory twice


def can_fork() -> bool:
    """Whether this process may be copied: another thread could hold a lock, which nobody would open in the copy.

    On macOS, libraries of the system start threads of their own.
    """
    return sys.platform == "linux" and threading.active_count() == 1


def shared(count: int, processes: int, here: Callable[[int], None], there: Callable[[int], Row]) -> dict[int, Row]:
    """Do work for each number below ``count``; return the rows of what copies of this process did.

    Args:
        count: How many pieces of work there are.
        processes: How many processes work, with this one.
        here: Does a piece of work in this process; it is called for each number that is not in what is returned.
        there: Does it in a copy, and returns what this process needs of it.
    """
    size = max(_LEAST, -(-count // _MOST_SHARES))
    queue, into_queue = os.pipe()
    os.write(into_queue, b"".join(first.to_bytes(_NUMBER_BYTES, "little") for first in range(0, count, size)))
    os.close(into_queue)
    copies: dict[int, int] = {}
    rows: dict[int, Row] = {}
    done: set[int] = set()
    try:
        for _ in range(processes - 1):
            if not _start_copy(copies, lambda: [(number, there(number)) for number in _numbers(queue, size, count)]):
                break
        for number in _numbers(queue, size, count):
            here(number)
            done.add(number)
        for output in copies.values():
            rows.update(_read(output))
    finally:
        os.close(queue)
        for process, output in copies.items():
            os.close(output)
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
    for number in range(count):
        if number not in done and number not in rows:
            here(number)
    return rows


def _numbers(queue: int, size: int, count: int) -> Iterator[int]:
    """The numbers of this process: whoever is free takes the next share from the queue."""
    while taken := os.read(queue, _NUMBER_BYTES):
        first = int.from_bytes(taken, "little")
        yield from range(first, min(first + size, count))


def _start_copy(copies: dict[int, int], work: Callable[[], list[tuple[int, Row]]]) -> bool:
    """Start a copy of this process, and add it with the pipe for its rows; return whether that was possible."""
    output, into_output = os.pipe()
    try:
        process = os.fork()
    except OSError:
        os.close(output)
        os.close(into_output)
        return False
    if process == 0:
        _work_and_end(into_output, work)
    os.close(into_output)
    copies[process] = output
    return True


def _work_and_end(into_output: int, work: Callable[[], list[tuple[int, Row]]]) -> None:
    """What a copy does. It ends without what this process does at its end, such as a write of what it has to print."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # this process ends its copies
        rows = work()
        with open(into_output, "wb") as file:
            for first in range(0, len(rows), _SENT_AT_ONCE):
                data = marshal.dumps(rows[first : first + _SENT_AT_ONCE])
                file.write(len(data).to_bytes(_NUMBER_BYTES, "little") + data)
            file.write(bytes(_NUMBER_BYTES))
        code = 0
    finally:
        os._exit(code)


def _read(output: int) -> dict[int, Row]:
    """The rows of a copy; none if it did not end well."""
    rows: dict[int, Row] = {}
    with open(output, "rb", closefd=False) as file, suppress(EOFError, ValueError, TypeError):
        while size := int.from_bytes(_exactly(file, _NUMBER_BYTES), "little"):
            rows.update(marshal.loads(_exactly(file, size)))  # noqa: S302 (from a copy of this process)
        return rows
    return {}


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise EOFError
    return data

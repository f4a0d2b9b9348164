"""Shares work with copies of this process, for which nothing has to be imported or sent.

This process works as well, and takes what is left when a copy ends early: when it cannot be started, fails, or is
killed for its memory.
"""

from __future__ import annotations

import marshal
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TypeAlias

Row: TypeAlias = tuple[Any, ...]
"""Plain values: numbers, bytes, texts, None. A named tuple is no plain tuple."""

_LEAST = 10  # a smaller share is not worth the look into the queue
_MOST_SHARES = 1_000  # the queue must fit into a pipe
_NUMBER_BYTES = 4


def can_fork() -> bool:
    """Whether this process may be copied: another thread could hold a lock, which nobody would open in the copy.

    On macOS, libraries of the system start threads of their own.
    """
    return sys.platform == "linux" and threading.active_count() == 1


def shared(
    count: int,
    processes: int,
    here: Callable[[int], None],
    there: Callable[[int], Row],
    received: Callable[[int, Row], None],
) -> None:
    """Do work for each number below ``count``, in this process and in copies of it.

    Args:
        count: How many pieces of work there are.
        processes: How many processes work, with this one.
        here: Does a piece of work in this process.
        there: Does it in a copy, and returns what this process needs of it.
        received: Takes what a copy returned. It is called for each number for which ``here`` is not.
    """
    size = max(_LEAST, -(-count // _MOST_SHARES))
    queue, into_queue = os.pipe()
    os.write(into_queue, b"".join(first.to_bytes(_NUMBER_BYTES, "little") for first in range(0, count, size)))
    os.close(into_queue)
    shares = _shares(queue, size, count)
    copies: dict[int, int] = {}
    done: set[int] = set()
    try:
        for _ in range(processes - 1):
            if not _start_copy(copies, lambda: ([(number, there(number)) for number in share] for share in shares)):
                break
        listening = list(copies.values())
        # Rows are taken between shares, not at the end: then the copies would have nothing to do meanwhile.
        for share in shares:
            for number in share:
                here(number)
            done.update(share)
            done.update(_take(listening, received, wait=False))
        while listening:
            done.update(_take(listening, received, wait=True))
    finally:
        os.close(queue)
        for process, output in copies.items():
            os.close(output)
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
    for number in range(count):
        if number not in done:
            here(number)


def _shares(queue: int, size: int, count: int) -> Iterator[range]:
    """The shares of this process: whoever is free takes the next one from the queue."""
    while taken := os.read(queue, _NUMBER_BYTES):
        first = int.from_bytes(taken, "little")
        yield range(first, min(first + size, count))


def _start_copy(copies: dict[int, int], work: Callable[[], Iterator[list[tuple[int, Row]]]]) -> bool:
    """Start a copy of this process, and add it with the pipe for its rows; return whether that was possible."""
    output, into_output = os.pipe()
    try:
        process = os.fork()
    except OSError:
        os.close(output)
        os.close(into_output)
        return False
    if process == 0:
        for unread in (*copies.values(), output):
            os.close(unread)  # so that a copy ends when this process is killed, and nobody reads what it writes
        _work_and_end(into_output, work)
    os.close(into_output)
    copies[process] = output
    return True


def _work_and_end(into_output: int, work: Callable[[], Iterator[list[tuple[int, Row]]]]) -> None:
    """What a copy does. It ends without what this process does at its end, such as a write of what it has to print."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # this process ends its copies
        with open(into_output, "wb") as file:
            for rows in work():
                data = marshal.dumps(rows)
                file.write(len(data).to_bytes(_NUMBER_BYTES, "little") + data)
                file.flush()
        code = 0
    finally:
        os._exit(code)


def _take(listening: list[int], received: Callable[[int, Row], None], *, wait: bool) -> Iterator[int]:
    """Take a share of each copy that has one; yield its numbers. A copy that has ended is left out from then on."""
    for output in select.select(listening, [], [], None if wait else 0)[0]:
        try:
            size = int.from_bytes(_exactly(output, _NUMBER_BYTES), "little")
            rows: list[tuple[int, Row]] = marshal.loads(_exactly(output, size))  # noqa: S302 (from a copy of this process)
        except (EOFError, ValueError, TypeError):
            listening.remove(output)
            continue
        for number, row in rows:
            received(number, row)
            yield number


def _exactly(output: int, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = os.read(output, size - len(data))
        if not part:
            raise EOFError
        data += part
    return bytes(data)

"""Writers: 32 processes with 100 transactions a second between them, with the write lock and without it."""

from __future__ import annotations

import contextlib
import os
import random
import statistics
import struct
import time
from collections.abc import Iterator

from bench.figures import Row, percentile
from bench.quest_board.ground import Ground

from acolytes_quest.board import messages
from acolytes_quest.errors import UnavailableError
from acolytes_quest.stores import sqlite_engine
from acolytes_quest.stores.sqlite_engine import SqliteBoard

PROCESSES = 32
A_SECOND = 100.0
RUNS = 5


def measure(ground: Ground, length: float) -> list[Row]:
    """Return each variant's p99, the median of interleaved runs of `length` seconds, and the ratio."""
    measured: dict[bool, list[list[float]]] = {True: [], False: []}
    for number in range(RUNS):
        for locked in (True, False) if number % 2 else (False, True):
            measured[locked].append(_run(ground, length, locked=locked))
    p99, worst = (
        {
            locked: statistics.median(percentile(run, percent) for run in runs) * 1000
            for locked, runs in measured.items()
        }
        for percent in (99, 100)
    )
    return [
        Row("writers", "p99 of a transaction", p99[True], "ms"),
        Row("writers", "p99 without the write lock", p99[False], "ms"),
        Row("writers", "p99, ratio", p99[True] / p99[False], "of unlocked", 1.0),
        Row("writers", "worst of a run", worst[True], "ms"),
        Row("writers", "worst of a run without the write lock", worst[False], "ms"),
    ]


def _run(ground: Ground, length: float, *, locked: bool) -> list[float]:
    """Return how long each transaction took from the moment at which it was due."""
    begin = time.monotonic() + 0.5
    readers, children = [], []
    for number in range(PROCESSES):
        reader, writer = os.pipe()
        if not (child := os.fork()):
            try:
                if not locked:
                    setattr(sqlite_engine, "gate", _no_gate)  # noqa: B010 - it is the seam of this bench alone
                _write(SqliteBoard(str(ground.board)), writer, begin, length, seed=number)
            finally:
                os._exit(0)
        os.close(writer)
        readers.append(reader)
        children.append(child)
    data = b"".join(map(_all_of, readers))
    for child in children:  # and no other: idle monitors end meanwhile
        os.waitpid(child, 0)
    return [measured[0] for measured in struct.iter_unpack("d", data)]


def _write(board: SqliteBoard, report: int, begin: float, length: float, seed: int) -> None:
    chance = random.Random(seed)
    due = begin
    with open(report, "wb") as out:
        while (due := due + chance.expovariate(A_SECOND / PROCESSES)) < begin + length:
            time.sleep(max(due - time.monotonic(), 0))
            with contextlib.suppress(UnavailableError), board.write() as tx:  # given up after 10 s, which counts
                messages.append(tx, 1, kind="note", sender="leader", recipient="w1", text="x" * 200)
            out.write(struct.pack("d", time.monotonic() - due))


@contextlib.contextmanager
def _no_gate(*_: object) -> Iterator[None]:
    yield


def _all_of(reader: int) -> bytes:
    with open(reader, "rb") as file:
        return file.read()

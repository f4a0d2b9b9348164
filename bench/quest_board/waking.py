"""Waking: from the sender's COMMIT to another process having read the row, against a bare named pipe."""

from __future__ import annotations

import contextlib
import os
import random
import select
import sqlite3
import struct
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.figures import Row, percentile
from bench.quest_board.ground import Ground

from acolytes_quest.board import messages
from acolytes_quest.stores.sqlite_engine import SqliteBoard

MOST = 3.0
PAUSE_SECONDS = 0.01  # so that the receiver sleeps again

_committed = [0.0]  # when this process last committed, by CLOCK_MONOTONIC


class _Stamping(sqlite3.Connection):
    """A connection that records when its COMMIT is done. The time after that is part of waking."""

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        cursor = super().execute(sql, *values)
        if sql == "COMMIT":
            _committed[0] = time.monotonic()
        return cursor


def measure(ground: Ground, rounds: int) -> list[Row]:
    """Return p50 and p99 of both, and their ratios."""
    pipe = _Pipe(ground.folder)
    board = SqliteBoard(str(ground.board))
    with _receiving(pipe.receive) as from_pipe, _receiving(lambda tell: _receive(board, tell)) as from_board:
        measured: dict[str, list[float]] = {"board": [], "pipe": []}
        usual = sqlite3.connect

        def stamping(*words: Any, **options: Any) -> sqlite3.Connection:
            return usual(*words, **options, factory=_Stamping)

        setattr(sqlite3, "connect", stamping)  # noqa: B010 - in this process alone
        try:
            for _ in range(rounds):
                for name, send, heard in (("board", partial(_send, board), from_board), ("pipe", pipe.send, from_pipe)):
                    time.sleep(PAUSE_SECONDS * random.uniform(0.5, 1.5))
                    send()
                    measured[name].append(heard() - _committed[0])
        finally:
            setattr(sqlite3, "connect", usual)  # noqa: B010 - as it was
    rows = []
    for percent in (50, 99):
        ours, bare = (percentile(measured[name], percent) * 1000 for name in ("board", "pipe"))
        rows += [
            Row("wake", f"p{percent} of {rounds}", ours, "ms"),
            Row("wake", f"p{percent} of a bare named pipe", bare, "ms"),
            Row("wake", f"p{percent}, ratio", ours / bare, "pipes", MOST),
        ]
    return rows


def _send(board: SqliteBoard) -> None:
    with board.write() as tx:
        messages.append(tx, 1, kind="note", sender="leader", recipient="w1", text="go")


def _receive(board: SqliteBoard, tell: Callable[[float], None]) -> None:
    seen = 0
    with board.listen("w1") as listener:
        tell(0.0)
        while True:
            with board.read() as tx:
                newest = tx.column(int, "SELECT COALESCE(MAX(seq), 0) FROM message WHERE quest = 1")[0]
            if newest > seen:
                seen = newest
                tell(time.monotonic())
            else:
                listener.wait(60)


class _Pipe:
    """The simplest solution, for comparison: one table, one named pipe, connections that stay open."""

    def __init__(self, folder: Path) -> None:
        self._file = str(folder / "bare.db")
        self._fifo = str(folder / "bare.fifo")
        os.mkfifo(self._fifo)
        with contextlib.closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE message (seq INTEGER PRIMARY KEY, text TEXT)")
        self._sender: sqlite3.Connection | None = None
        self._bell = -1

    def send(self) -> None:
        if self._sender is None:
            self._sender = self._connect()
            self._bell = os.open(self._fifo, os.O_RDWR)
        self._sender.execute("BEGIN IMMEDIATE")
        self._sender.execute("INSERT INTO message (text) VALUES ('go')")
        self._sender.execute("COMMIT")
        os.write(self._bell, b"!")

    def receive(self, tell: Callable[[float], None]) -> None:
        bell = os.open(self._fifo, os.O_RDWR)
        with contextlib.closing(self._connect()) as connection:
            tell(0.0)
            while os.read(bell, 1):
                connection.execute("SELECT MAX(seq) FROM message").fetchone()
                tell(time.monotonic())

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        return connection


@contextlib.contextmanager
def _receiving(receive: Callable[[Callable[[float], None]], None]) -> Any:
    """Run `receive` in its own process; yield a function that returns when that process has read the next row."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            receive(lambda moment: _tell(writer, moment))
        finally:
            os._exit(0)

    def heard() -> float:
        if not select.select([reader], [], [], 10)[0]:
            raise SystemExit("a row was never read")
        return float(struct.unpack("d", os.read(reader, 8))[0])

    try:
        heard()  # it is ready
        yield heard
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(reader)
        os.close(writer)


def _tell(writer: int, moment: float) -> None:
    os.write(writer, struct.pack("d", moment))

"""Turns a second on a server, with 1 and 16 processes: assigned, taken and answered by our verbs, and by plain psycopg.

Plain psycopg writes the same rows in three transactions, without our checks, locks and receipts.
"""

from __future__ import annotations

import contextlib
import os
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from bench.quest_board.ground import Row

from acolytes_quest.stores.postgres_engine import PostgresBoard

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests"))  # a real server, and the verbs without a process
from postgres_server import PostgresServer, running
from quest_desk import Desk

LEAST = 0.25  # of plain psycopg, with the most processes
PROCESSES = (1, 16)

_APPEND = "UPDATE quest SET next_seq = next_seq + 1 WHERE id = 1 RETURNING next_seq - 1"
_ASSIGN = "INSERT INTO turn (quest, assignee, state, queued_boot, queued_since) VALUES (1, %s, 'queued', 'p', %s)"
_LOG = "INSERT INTO event (kind, quest, turn, actor, session, fence, at) VALUES (%s, 1, %s, %s, %s, %s, 0)"
_SEND = (
    "INSERT INTO message (quest, seq, kind, sender, recipient, turn, session, text, at)"
    " VALUES (1, %s, %s, %s, %s, %s, %s, 'Completed: x', 0)"
)
_ENTER = "INSERT INTO session (id, agent, anonymous, created_at) VALUES (%s, %s, 0, 0) ON CONFLICT (id) DO NOTHING"
_CLAIM = (
    "UPDATE turn SET state = 'leased', holder = %s, fence = fence + 1, attempt = attempt + 1, lease_until = 1"
    " WHERE id = (SELECT id FROM turn WHERE assignee = %s AND state = 'queued' ORDER BY id LIMIT 1"
    " FOR UPDATE SKIP LOCKED) RETURNING id"
)


def measure(length: float) -> list[Row]:
    """Return the turns a second of runs of `length` seconds, and the ratio."""
    rows = []
    with running() as server:
        for number in PROCESSES:
            plain, own = (_run(server, side, number, length) for side in (_plain, _own))
            most = 1 / LEAST if number == max(PROCESSES) else None
            rows += [
                Row("turns", f"turns with {number} processes", own, "a second"),
                Row("turns", f"turns with {number} processes, plain psycopg", plain, "a second"),
                Row("turns", f"turns with {number} processes, plain to ours", plain / own, "ratio", most),
            ]
    return rows


def _run(
    server: PostgresServer, side: Callable[[str, int, Callable[[], bool]], int], number: int, length: float
) -> float:
    """Return the turns a second of `number` processes, which start together when each has made one."""
    url = server.url(server.new_database(template="board_template"))
    with contextlib.closing(PostgresBoard(url)) as board:
        Desk(board).do("create", "--mission", "m", "--agents", ",".join(f"w{worker}" for worker in range(number)))
    ready, start = os.pipe(), os.pipe()
    readers = []
    for worker in range(number):
        reader, writer = os.pipe()
        if not os.fork():
            try:
                os.close(start[1])
                goes_on = _Clock(length, ready[1], start[0])
                os.write(writer, struct.pack("i", side(url, worker, goes_on)))
            finally:
                os._exit(0)
        os.close(writer)
        readers.append(reader)
    for _ in range(number):
        os.read(ready[0], 1)
    os.close(start[1])
    turns = 0
    for reader in readers:
        with open(reader, "rb") as file:
            turns += struct.unpack("i", file.read())[0]
    for handle in (*ready, start[0]):
        os.close(handle)
    return turns / length


class _Clock:
    """Says before each turn whether to go on. The first turn fills caches; after it, all processes start together."""

    def __init__(self, length: float, ready: int, start: int) -> None:
        self._length = length
        self._ready = ready
        self._start = start
        self._turns = 0
        self._until = 0.0

    def __call__(self) -> bool:
        self._turns += 1
        if self._turns == 2:
            os.write(self._ready, b"!")
            os.read(self._start, 1)
            self._until = time.monotonic() + self._length
        return self._turns == 1 or time.monotonic() < self._until


def _own(url: str, worker: int, goes_on: Callable[[], bool]) -> int:
    desk = Desk(PostgresBoard(url))
    turns = 0
    while goes_on():
        desk.do("message", "--quest", 1, "--to", f"w{worker}", "--msg", "x")
        words = ("--role", "worker", "--agent", f"w{worker}", "--as", f"s{worker}", "--timeout", 0)
        desk.do("monitor", *words)
        desk.do("respond", "--quest", 1, "--as", f"s{worker}", "--msg", "Completed: x")
        turns += 1
    return turns - 1


def _plain(url: str, worker: int, goes_on: Callable[[], bool]) -> int:
    agent, session = f"w{worker}", f"s{worker}"
    turns = 0
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET search_path = acolytes_quest")
        run = connection.execute
        while goes_on():
            with connection.transaction():
                seq = _number(connection, _APPEND)
                turn = _number(connection, f"{_ASSIGN} RETURNING id", agent, time.time())
                run(_LOG, ("queued", turn, agent, None, None))
                run(_SEND, (seq, "assignment", "leader", agent, turn, None))
                run("SELECT pg_notify('bench', %s)", (agent,))
            with connection.transaction():
                run(_ENTER, (session, agent))
                _number(connection, _CLAIM, session, agent)
                run(_LOG, ("claimed", turn, agent, session, 1))
            _number(connection, "SELECT seq FROM message WHERE turn = %s AND kind = 'assignment'", turn)
            with connection.transaction():
                seq = _number(connection, _APPEND)
                run(_SEND, (seq, "completed", agent, "leader", turn, session))
                run("UPDATE turn SET state = 'done', lease_until = NULL WHERE id = %s", (turn,))
                run(_LOG, ("done", turn, agent, session, 1))
                run("SELECT pg_notify('bench', 'leader')")
            turns += 1
    return turns - 1


def _number(connection: psycopg.Connection, sql: str, *values: object) -> int:
    row = connection.execute(sql.encode(), values).fetchone()
    if row is None:
        raise SystemExit(f"no row: {sql}")
    return int(row[0])

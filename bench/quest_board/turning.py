"""Turns a second on a server, with 1, 4 and 16 processes: assigned, taken and answered by our verbs, and by psycopg.

Plain psycopg does it in two ways. In one it executes the statements that the verbs send, in the same transactions, one
at a time. In the other it writes the same rows in three transactions, without our checks, locks and receipts.
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from bench.figures import Row

from acolytes_quest.stores.postgres_engine import PostgresBoard
from acolytes_quest.stores.postgres_waiting import key

# a real server, and the verbs without a process
sys.path.append(str(Path(__file__).resolve().parents[2] / "tests" / "helpers"))
from postgres_server import PostgresServer, running
from quest_desk import Desk

LEAST = 0.25  # of plain psycopg with the same statements, with the most processes
PROCESSES = (1, 4, 16)
_RECEIPT = re.compile(r"INSERT INTO receipt VALUES \('\w+'")
_RECORDED = 5_000_001  # a turn that no other number is like

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
        replayed = _replay(_recorded(server))
        for number in PROCESSES:
            rows_only, same, own = (_run(server, side, number, length) for side in (_plain, replayed, _own))
            most = 1 / LEAST if number == max(PROCESSES) else None
            of = f"turns with {number} processes"
            rows += [
                Row("turns", of, own, "a second"),
                Row("turns", f"{of}, psycopg, same statements", same, "a second"),
                Row("turns", f"{of}, psycopg, same rows only", rows_only, "a second"),
                Row("turns", f"{of}, same statements to ours", same / own, "ratio", most),
                Row("turns", f"{of}, same rows only to ours", rows_only / own, "ratio"),
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


def _recorded(server: PostgresServer) -> list[str]:
    """Return the statements of one turn of our verbs, by the worker w0 in the session s0."""
    url = server.url(server.new_database(template="board_template"))
    with contextlib.closing(PostgresBoard(url)) as board:
        Desk(board).do("create", "--mission", "m", "--agents", "w0")
    sent: list[str] = []
    calls = iter(range(3))
    execute = psycopg.Connection.execute

    def recorded(self: psycopg.Connection, sql: str) -> object:
        sent.extend(sql.split(";"))  # no value has one
        return execute(self, sql.encode())

    def goes_on() -> bool:
        call = next(calls)
        if call == 1:  # the first turn fills caches
            with psycopg.connect(url) as connection:
                connection.execute(
                    f"UPDATE acolytes_quest.counter SET last = {_RECORDED - 1} WHERE name = 'turn'".encode()
                )
            psycopg.Connection.execute = recorded  # type: ignore[method-assign, assignment]
        return call < len(("first", "recorded"))

    try:
        _own(url, 0, goes_on)
    finally:
        psycopg.Connection.execute = execute  # type: ignore[method-assign]
    return [statement for statement in sent if statement.strip()]


def _replay(statements: list[str]) -> Callable[[str, int, Callable[[], bool]], int]:
    """Return a side that executes recorded statements with the names and numbers of its own worker."""

    def side(url: str, worker: int, goes_on: Callable[[], bool]) -> int:
        names = (("'w0'", f"'w{worker}'"), ("'s0'", f"'s{worker}'"))
        keys = tuple((str(key(old.strip("'"))), str(key(new.strip("'")))) for old, new in names)
        turns = 0
        with psycopg.connect(url, autocommit=True) as connection:
            own = [_replaced(statement, [*names, *keys]) for statement in statements]
            while goes_on():
                turn = str(_RECORDED)
                for statement in own:
                    token = f"INSERT INTO receipt VALUES ('{os.urandom(16).hex()}'"
                    text = _RECEIPT.sub(token, statement).replace(str(_RECORDED), turn)
                    rows = connection.execute(text.encode())
                    if rows.description:
                        found = rows.fetchall()
                        turn = str(found[0][0]) if "INSERT INTO turn " in text else turn
                turns += 1
        return turns - 1

    return side


def _replaced(text: str, pairs: list[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


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

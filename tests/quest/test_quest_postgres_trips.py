"""How many trips to the server a turn takes, and that what a transaction has read ahead is never out of date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from acolytes_quest.board import quests
from acolytes_quest.board.rows import Member
from acolytes_quest.errors import RefusalError
from acolytes_quest.stores import postgres_statements
from acolytes_quest.stores.postgres_engine import PostgresBoard
from postgres_server import PostgresServer
from quest_desk import Desk

AGENTS = ("SELECT agent FROM member WHERE quest = ? ORDER BY agent", (1,))


@pytest.fixture
def board(postgres: PostgresServer) -> Iterator[PostgresBoard]:
    with postgres.board_database() as name:
        board = PostgresBoard(postgres.url(name))
        Desk(board).do("create", "--mission", "m", "--agents", "w1,w2")
        yield board
        board.close()


@pytest.fixture
def trips(board: PostgresBoard, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that were sent, one text for each trip."""
    sent: list[str] = []
    kind = type(board.connected())
    execute = kind.execute

    def counted(self: Any, sql: str, *values: Any) -> Any:
        sent.append(sql)
        return execute(self, sql, *values)

    monkeypatch.setattr(kind, "execute", counted)
    return sent


@pytest.mark.parametrize("session", ["s1", None])
def test_a_turn_takes_few_trips(board: PostgresBoard, trips: list[str], session: str | None) -> None:
    desk = Desk(board)
    own = ("--as", session) if session else ()
    for first in (True, False):
        trips.clear()
        desk.do("message", "--quest", 1, "--to", "w1", "--msg", "x", *(["--as", "lead"] if session else []))
        assert len(trips) <= 4 + bool(session)  # a session may be a worker's
        trips.clear()
        taken = desk.do("monitor", "--role", "worker", "--agent", "w1", *own, "--timeout", 0)
        assert len(trips) <= 5 + first
        fence = () if session else ("--turn", taken["turn"], "--fence", taken["fence"])
        trips.clear()
        desk.do("respond", "--quest", 1, *own, *fence, "--msg", "Completed: x")
        assert len(trips) <= 4


def test_what_is_read_twice_is_asked_for_once(board: PostgresBoard, trips: list[str]) -> None:
    with board.read(AGENTS) as tx:
        assert tx.column(str, *_flat(AGENTS)) == ["leader", "w1", "w2"]
        tx.tuples(*_flat(AGENTS)).clear()
        assert tx.column(str, *_flat(AGENTS)) == ["leader", "w1", "w2"]
    assert len(trips) == 1


def test_a_write_is_seen_by_what_was_read_before_it(board: PostgresBoard) -> None:
    with board.write(AGENTS) as tx:
        quest = quests.find(tx, 1)
        quests.add_workers(tx, quest, ["w3"], session=None)
        tx.foresee(AGENTS)
        assert tx.column(str, "SELECT mode FROM quest WHERE id = 1") == ["parallel"]
        assert tx.column(str, *_flat(AGENTS)) == ["leader", "w1", "w2", "w3"]
        tx.run("DELETE FROM member WHERE agent = ?", "w3")
        assert tx.column(str, *_flat(AGENTS)) == ["leader", "w1", "w2"]
        tx.rows(Member, "UPDATE member SET agent = 'w9' WHERE agent = 'w2' RETURNING agent, role")
        assert tx.column(str, *_flat(AGENTS)) == ["leader", "w1", "w9"]


def test_a_write_keeps_what_it_cannot_change(board: PostgresBoard, trips: list[str]) -> None:
    with board.write(AGENTS) as tx:
        quests.set_phase(tx, quests.find(tx, 1), "p", session=None)
        before = len(trips)
        assert tx.column(str, *_flat(AGENTS)) == ["leader", "w1", "w2"]
        assert len(trips) == before


def test_a_view_that_ended_lets_another_query_have_one_of_its_own(board: PostgresBoard, trips: list[str]) -> None:
    with board.read(AGENTS, only=True) as tx:
        assert tx.column(str, *_flat(AGENTS)) == ["leader", "w1", "w2"]
        assert len(trips) == 1
        assert tx.column(int, "SELECT COUNT(*) FROM member") == [3]
        assert tx.column(int, "SELECT COUNT(*) FROM quest") == [1]
    with board.read() as tx:
        assert tx.column(int, "SELECT COUNT(*) FROM quest") == [1]


def test_a_query_that_fails_ahead_fails_where_it_is_made(board: PostgresBoard) -> None:
    desk = Desk(board)
    with pytest.raises(RefusalError, match="there is no quest"):
        desk.do("respond", "--quest", 2**63 - 1, "--msg", "Completed: x", "--as", "s")
    with board.read(("SELECT no_column FROM quest", ()), AGENTS) as tx:
        assert tx.column(str, *_flat(AGENTS)) == ["leader", "w1", "w2"]


def test_every_statement_of_a_trip_has_a_result_of_its_own(board: PostgresBoard) -> None:
    results = postgres_statements.run(
        board.connected(), "SELECT 1, 2; SET extra_float_digits = 1; SELECT 3 WHERE false"
    )
    assert [result.first() for result in results] == [(1, 2), None, None]
    assert results[0].fetchall() == [(1, 2)]


def _flat(query: tuple[str, tuple[object, ...]]) -> tuple[Any, ...]:
    return query[0], *query[1]

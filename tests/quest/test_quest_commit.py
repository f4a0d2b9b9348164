"""What a transaction on a board file promises at its edges: when it locks, when it wakes, what a refusal leaves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_quest.board import turns
from acolytes_quest.stores.bell import Bell
from acolytes_quest.stores.sqlite_engine import SqliteBoard
from quest_desk import Desk

FOLDER = "quests.db-bells"


@pytest.fixture
def board(tmp_path: Path) -> Iterator[SqliteBoard]:
    """A board with one quest, and the folder in which bells hang."""
    (tmp_path / FOLDER).mkdir()
    board = SqliteBoard(str(tmp_path / "quests.db"))
    Desk(board).do("create", "--mission", "m", "--agents", "w1,w2")
    yield board
    board.close()


@pytest.fixture
def bell(tmp_path: Path, board: SqliteBoard) -> Iterator[Bell]:
    """The bell of somebody who waits as w1."""
    bell = Bell(str(tmp_path / FOLDER), "w1")
    yield bell
    bell.close()


def test_a_writer_has_the_board_from_its_beginning(board: SqliteBoard) -> None:
    other = sqlite3.connect(board.path, timeout=0, isolation_level=None)
    with board.write(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")  # and not beyond its end
    other.close()


def test_a_commit_rings(board: SqliteBoard, bell: Bell) -> None:
    assert not bell.wait(0)
    Desk(board).do("message", "--quest", 1, "--to", "w2", "--msg", "x")
    assert not bell.wait(0)
    Desk(board).do("message", "--quest", 1, "--to", "w1", "--msg", "x")
    assert bell.wait(0)


def test_what_is_not_committed_wakes_nobody(board: SqliteBoard, bell: Bell) -> None:
    def break_a_rule() -> None:
        with board.write() as tx:
            turns.assign(tx, 1, "w1", [])
            tx.to_wake.add("w1")
            tx.run("UPDATE quest SET leader = 'nobody'")  # which COMMIT alone notices

    with pytest.raises(sqlite3.IntegrityError):
        break_a_rule()
    assert not bell.wait(0)


@pytest.mark.parametrize("verb", ["complete", "fail", "cancel"])
def test_every_end_of_a_quest_wakes_all_its_members(board: SqliteBoard, tmp_path: Path, verb: str) -> None:
    bells = [Bell(str(tmp_path / FOLDER), agent) for agent in ("w1", "w2", "leader")]
    Desk(board).do(verb, "--quest", 1, "--summary", "s")
    assert [bell.wait(0) for bell in bells] == [True] * 3
    for bell in bells:
        bell.close()


def test_a_turn_that_is_cancelled_makes_room_for_those_that_wait(board: SqliteBoard, tmp_path: Path) -> None:
    desk = Desk(board)
    desk.do("create", "--mission", "m", "--agents", "w1,w2", "--mode", "single")
    desk.do("message", "--quest", 2, "--to", "w1,w2", "--msg", "x")
    desk.do("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    bell = Bell(str(tmp_path / FOLDER), "w2")
    desk.do("cancel", "--quest", 2, "--turn", 1)
    assert bell.wait(0)
    bell.close()
    assert desk.do("monitor", "--role", "worker", "--agent", "w2", "--as", "s2")["turn"] == 2


def test_reading_leaves_the_file_as_it_is(board: SqliteBoard) -> None:
    desk = Desk(board)
    desk.do("message", "--quest", 1, "--to", "w1", "--msg", "x")
    before = list(sqlite3.connect(board.path).iterdump())
    for verb in ("status", "conversation", "log", "export", "check"):
        desk.do(verb, "--quest", 1)
    desk.do("status")
    desk.do("purge", "--older", 0, "--dry-run")
    desk.do("monitor", "--role", "leader", "--timeout", 0)
    assert list(sqlite3.connect(board.path).iterdump()) == before


def test_a_session_is_known_by_its_host_and_boot(board: SqliteBoard) -> None:
    Desk(board).do("monitor", "--role", "worker", "--agent", "w1", "--as", "s1", "--timeout", 0)
    with board.read() as tx:
        ((host, boot),) = tx.tuples("SELECT host, boot FROM session")
    assert host
    assert boot is not None

"""Who watches a board is woken by every change, on both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from acolytes_quest.board import quests
from acolytes_quest.stores.engine import WATCHER, Board
from acolytes_quest.stores.postgres_engine import PostgresBoard
from acolytes_quest.stores.sqlite_engine import SqliteBoard
from postgres_server import PostgresServer
from quest_support import settle

POLL = 600.0
Opened = Callable[[], Board]


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """A function that opens the same board once more; it has one quest."""
    if request.param == "sqlite":
        yield lambda: SqliteBoard(str(tmp_path / "quests.db"), poll=POLL)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.board_database() as name:
        yield lambda: PostgresBoard(server.url(name), poll=POLL)


def test_every_change_wakes_who_watches(opened: Opened) -> None:
    woken = threading.Event()
    listening = threading.Event()

    def watch() -> None:
        with closing(opened()) as board, board.listen(WATCHER, ("any ear",)) as listener:
            settle(board, listener)
            listening.set()
            listener.wait(POLL)
            woken.set()

    with closing(opened()) as board:
        board.create()
        with board.write() as tx:
            quests.create(tx, mission="m", agents=["w1"], leader="l", phase=None, mode="parallel", session=None)
        watcher = threading.Thread(target=watch)
        watcher.start()
        assert listening.wait(30)
        assert not woken.wait(0.2)
        with board.write() as tx:  # which is nobody's news
            quests.set_phase(tx, quests.find(tx, 1), "second", session=None)
        assert woken.wait(30)
        watcher.join()

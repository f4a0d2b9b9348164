"""A project of its own for every test, and the commands to use it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_quest.stores.engine import Board
from acolytes_quest.stores.postgres_engine import PostgresBoard
from acolytes_quest.stores.sqlite_engine import SqliteBoard
from postgres_server import PostgresServer, running
from quest_support import Cli, Clock


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, which is the current folder."""
    folder = (tmp_path / "project").resolve()
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def cli(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    return Cli(capsys, monkeypatch)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["Sqlite", "Postgres"])
def each_board(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Board]:
    """An empty board of each engine, by the test's clock; in a file it is still to be created."""
    with contextlib.ExitStack() as stack:
        if request.param == "Sqlite":
            board: Board = SqliteBoard(str(tmp_path / "quests.db"), clock=clock)
        else:
            server: PostgresServer = request.getfixturevalue("postgres")
            board = PostgresBoard(server.url(stack.enter_context(server.board_database())), clock=clock)
        stack.callback(board.close)
        yield board


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server of this test process's own."""
    with running() as server:
        yield server


@pytest.fixture(params=["file", "server"])
def engine(request: pytest.FixtureRequest, project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The same test with a board in a file of the project, and with one on a server."""
    if request.param == "file":
        yield "file"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.board_database() as name:
        monkeypatch.setenv("ACOLYTES_QUEST_URL", server.url(name))
        yield "server"

"""A server that has stopped, or a network that passes nothing on: every command ends, and says why.

A call that would hang goes on after HANG_SECONDS, because the server does; then it succeeds, and its test fails.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acolytes_quest.board import messages, quests, turns
from acolytes_quest.errors import UnavailableError
from acolytes_quest.stores import postgres_patience
from acolytes_quest.stores.postgres_engine import PostgresBoard
from postgres_proxy import Proxy
from postgres_server import PostgresServer
from quest_support import Cli, create, eventually

BUSY = 1.0
GRACE_SECONDS = 0.5
HANG_SECONDS = 60.0


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_patience, "GRACE_SECONDS", GRACE_SECONDS)


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    with postgres.board_database() as name:
        yield name


@pytest.fixture
def proxy(postgres: PostgresServer) -> Iterator[Proxy]:
    proxy = Proxy(postgres.socket)
    end = threading.Timer(HANG_SECONDS, proxy.thaw)
    end.start()
    yield proxy
    end.cancel()
    proxy.stop()


@pytest.fixture
def far(postgres: PostgresServer, database: str, proxy: Proxy) -> Iterator[PostgresBoard]:
    board = PostgresBoard(postgres.tcp_url(database, port=proxy.port), busy=BUSY)
    with board.write() as tx:
        quests.create(tx, mission="m", agents=["w1"], leader="leader", phase=None, mode="parallel", session=None)
    yield board
    board.close()


def write(board: PostgresBoard) -> None:
    with board.write() as tx:
        messages.append(tx, 1, kind="note", sender="w1", recipient="leader", text="x")


def read(board: PostgresBoard) -> None:
    with board.read() as tx:
        quests.find(tx, 1)


def ended(action: Callable[[], object]) -> UnavailableError:
    """Return the error with which an action ends."""
    with pytest.raises(UnavailableError) as raised:
        action()
    return raised.value


@pytest.mark.parametrize("use", [read, PostgresBoard.create], ids=lambda use: use.__name__)
def test_a_call_ends_when_nothing_is_passed_on(far: PostgresBoard, proxy: Proxy, use: Callable[..., None]) -> None:
    proxy.freeze()
    assert "does not answer (no answer within 2 s)" in str(ended(lambda: use(far)))
    far.close()
    assert "cannot reach the board" in str(ended(lambda: use(far)))
    proxy.thaw()
    use(far)


@pytest.mark.parametrize("statement", [b"advisory_xact_lock", b"INSERT INTO message"])
def test_a_call_ends_whatever_statement_is_not_answered(far: PostgresBoard, proxy: Proxy, statement: bytes) -> None:
    def everything() -> None:
        with far.listen("w1") as listener:
            read(far)
            write(far)
            listener.wait(0)

    everything()
    proxy.freeze_at = statement
    ended(everything)
    proxy.thaw()
    far.close()
    everything()


def test_a_commit_that_is_not_answered_is_unknown(far: PostgresBoard, proxy: Proxy) -> None:
    proxy.freeze_at = b"; COMMIT"
    assert "it is unknown whether that took place" in str(ended(lambda: write(far)))


def test_a_commit_whose_answer_came_late_is_found_by_its_receipt(far: PostgresBoard, proxy: Proxy) -> None:
    proxy.freeze_at = b"; COMMIT"
    proxy.thaws_for_the_next = True
    write(far)
    with far.read() as tx:
        assert tx.column(int, "SELECT COUNT(*) FROM message") == [1]


@pytest.mark.parametrize("words", [["--role", "worker", "--agent", "w1"], ["--role", "leader", "--quest", "1"]])
@pytest.mark.parametrize("wait", [0.0, 1.5], ids=["from the start", "while it waits"])
def test_a_wait_for_a_stopped_server_ends_at_its_timeout(
    cli: Cli, postgres: PostgresServer, database: str, monkeypatch: pytest.MonkeyPatch, words: list[str], wait: float
) -> None:
    monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.url(database))
    monkeypatch.setenv("ACOLYTES_QUEST_BUSY", "1")
    monkeypatch.setenv("ACOLYTES_QUEST_POLL", "1")
    create(cli, "w1")
    frozen = threading.Event()

    def freeze() -> None:
        with postgres.frozen():
            frozen.wait(HANG_SECONDS)

    timer = threading.Timer(wait, freeze)
    timer.start()
    time.sleep(0.0 if wait else 0.5)
    try:
        error = cli.refused("monitor", *words, "--timeout", 4, code=3)
    finally:
        frozen.set()
        timer.join()
    assert "does not answer" in error or "cannot reach the board" in error


def test_a_wait_goes_on_when_the_server_goes_on(
    cli: Cli,
    postgres: PostgresServer,
    database: str,
    proxy: Proxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server is away for longer than a statement may take, and the turn is assigned when it is back."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.url(database))
    create(cli, "w1")
    near = PostgresBoard(postgres.url(database))

    def go_away() -> None:
        eventually(lambda: any(tmp_path.glob("acolytes-quest-*/w1@*")), "the worker waits")
        proxy.freeze()
        time.sleep(3 * (BUSY + GRACE_SECONDS))
        proxy.thaw()
        with near.write() as tx:
            turn = turns.assign(tx, 1, "w1", [])
            messages.append(
                tx, 1, kind="assignment", sender="leader", recipient="w1", turn=turn.id, text="you are back"
            )
        near.close()

    monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.tcp_url(database, port=proxy.port))
    monkeypatch.setenv("ACOLYTES_QUEST_BUSY", "1")
    monkeypatch.setenv("ACOLYTES_QUEST_POLL", "0.5")
    away = threading.Thread(target=go_away)
    away.start()
    assert "you are back" in cli.ok("monitor", "--role", "worker", "--agent", "w1", "--timeout", HANG_SECONDS)
    away.join()

"""What only a board on a server has to stand: claims at the same moment, lost connections, other people's databases."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from acolytes_quest.board import listening, messages, quests, turns
from acolytes_quest.board.waiting import NothingYet, QuestEnded, TurnTaken, Worker, despite_breaks
from acolytes_quest.board.wanted import Wanted
from acolytes_quest.errors import LostError, NoBoardError, QuestError, RefusalError, UnavailableError
from acolytes_quest.stores import schema
from acolytes_quest.stores.engine import Transaction
from acolytes_quest.stores.postgres_engine import PostgresBoard
from postgres_proxy import Proxy
from postgres_server import PostgresServer
from quest_support import eventually, settle

CLAIMERS = 8
EARS = listening.of_worker(Wanted("w1"))


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    with postgres.board_database() as name:
        yield name


@pytest.fixture
def proxy(postgres: PostgresServer) -> Iterator[Proxy]:
    proxy = Proxy(postgres.socket)
    yield proxy
    proxy.stop()


@pytest.fixture
def board(postgres: PostgresServer, database: str) -> Iterator[PostgresBoard]:
    board = PostgresBoard(postgres.url(database))
    yield board
    board.close()


@pytest.fixture
def far(postgres: PostgresServer, database: str, proxy: Proxy) -> Iterator[PostgresBoard]:
    """The same board behind the proxy; it gives a lost server up after a second."""
    board = PostgresBoard(postgres.tcp_url(database, port=proxy.port), busy=1)
    yield board
    board.close()


def make_quest(board: PostgresBoard, *, mode: str = "parallel", number: int = 0) -> int:
    """Make a quest with so many turns for w1."""
    with board.write() as tx:
        quest = quests.create(tx, mission="m", agents=["w1"], leader="leader", phase=None, mode=mode, session=None)
    for _ in range(number):
        give_turn(board, quest)
    return quest


def give_turn(board: PostgresBoard, quest: int) -> None:
    with board.write() as tx:
        turn = turns.assign(tx, quest, "w1", []).id
        messages.append(tx, quest, kind="assignment", sender="leader", recipient="w1", turn=turn, text="x")


def take(board: PostgresBoard, session: str | None, seconds: float = 0) -> TurnTaken | QuestEnded | NothingYet:
    worker = Worker(board, agent="w1", session=session, quest=None)
    return despite_breaks(worker.wait, time.monotonic() + seconds)


def claimed(tx: Transaction, session: str) -> int | None:
    turn = turns.claim(tx, Wanted("w1"), session)
    return turn.id if turn else None


def post(board: PostgresBoard, text: str) -> None:
    with board.write() as tx:
        messages.append(tx, 1, kind="note", sender="w1", recipient="leader", text=text)


def texts(board: PostgresBoard) -> list[str]:
    with board.read() as tx:
        return tx.column(str, "SELECT text FROM message ORDER BY quest, seq")


def at_once(postgres: PostgresServer, database: str, sessions: list[str]) -> list[int | None]:
    """Let every session look for work at the same moment; return the turn that each took."""
    boards = [PostgresBoard(postgres.url(database)) for _ in sessions]
    start = threading.Barrier(len(sessions))

    def look(board: PostgresBoard, session: str) -> int | None:
        board.exists()
        start.wait()
        result = take(board, session)
        return result.turn.id if isinstance(result, TurnTaken) else None

    with ThreadPoolExecutor(len(sessions)) as pool:
        taken = list(pool.map(look, boards, sessions))
    for board in boards:
        board.close()
    return taken


def test_claims_at_the_same_moment_get_a_turn_each(
    postgres: PostgresServer, database: str, board: PostgresBoard
) -> None:
    make_quest(board, number=CLAIMERS)
    taken = at_once(postgres, database, [f"s{number}" for number in range(CLAIMERS)])
    assert {*taken} == {*range(1, CLAIMERS + 1)}


def test_claims_at_the_same_moment_in_a_single_quest_lease_one_turn(
    postgres: PostgresServer, database: str, board: PostgresBoard
) -> None:
    for quest in range(1, 6):
        make_quest(board, mode="single", number=CLAIMERS)
        taken = at_once(postgres, database, [f"s{quest}-{number}" for number in range(CLAIMERS)])
        assert len([turn for turn in taken if turn is not None]) == 1
        with board.write() as tx:
            turns.cancel_all(tx, quest)


def test_one_session_in_two_processes_gets_one_turn(
    postgres: PostgresServer, database: str, board: PostgresBoard
) -> None:
    make_quest(board)
    take(board, "s1")  # so that no claim waits for another's first entry
    for _ in range(2):
        give_turn(board, 1)
    taken = at_once(postgres, database, ["s1"] * CLAIMERS)
    assert {*taken} == {1}


def test_a_claim_does_not_wait_for_another_and_a_writer_does(
    postgres: PostgresServer, database: str, board: PostgresBoard
) -> None:
    make_quest(board, number=2)
    other = PostgresBoard(postgres.url(database), busy=0.3)
    with board.claim("s1") as tx:
        assert claimed(tx, "s1") == 1
        with other.claim("s2") as beside:
            assert claimed(beside, "s2") == 2
            beside.run("INSERT INTO session (id, agent, anonymous, created_at) VALUES ('s2', 'w1', 0, 0)")
        with pytest.raises(UnavailableError, match=r"locked: another writer held it for over 0\.3 s"):
            post(other, "x")
        tx.run("INSERT INTO session (id, agent, anonymous, created_at) VALUES ('s1', 'w1', 0, 0)")
    post(other, "x")
    other.close()


def test_other_machines_know_that_an_agent_waits_until_it_ends(
    postgres: PostgresServer, database: str, board: PostgresBoard
) -> None:
    other = PostgresBoard(postgres.url(database))
    with board.listen("w1", EARS) as listener:
        assert listener.listening()("w1", EARS) is True
        assert listener.listening()("w2", EARS) is False
        with other.listen("w2", EARS):
            assert listener.listening()("w2", EARS) is True
        assert listener.listening()("w2", EARS) is False
    other.close()


def test_a_commit_wakes_only_the_recipient(postgres: PostgresServer, database: str, board: PostgresBoard) -> None:
    quest = make_quest(board)
    waiting = [PostgresBoard(postgres.url(database), poll=600) for _ in range(2)]
    with waiting[0].listen("w1", EARS) as one, waiting[1].listen("w2", EARS) as two, ThreadPoolExecutor(2) as pool:
        settle(board, one, two)
        woken = pool.submit(one.wait, 600)
        slept = pool.submit(two.wait, 600)
        give_turn(board, quest)
        woken.result(30)
        assert not slept.done()
        with board.write() as tx:
            tx.to_wake.add("w2")
        slept.result(30)
    for each in waiting:
        each.close()


def test_a_ring_between_looking_and_waiting_is_not_lost(
    postgres: PostgresServer, database: str, board: PostgresBoard
) -> None:
    quest = make_quest(board)
    other = PostgresBoard(postgres.url(database), poll=600)
    with other.listen("w1", EARS) as listener:
        settle(board, listener)
        with other.read() as tx:
            give_turn(board, quest)  # its notification arrives with an answer to something else
            assert not tx.exists("SELECT * FROM turn")
        listener.wait(600)
    other.close()


def test_who_waits_as_two_is_still_heard_as_one_when_the_other_ends(
    postgres: PostgresServer, database: str, board: PostgresBoard
) -> None:
    quest = make_quest(board)
    other = PostgresBoard(postgres.url(database), poll=600)
    with board.listen("leader") as leader, other.listen("w1", EARS) as listener:
        with other.listen("w2", EARS):
            assert leader.listening()("w2", EARS) is True
        assert (leader.listening()("w1", EARS), leader.listening()("w2", EARS)) == (True, False)
        give_turn(board, quest)
        listener.wait(600)
    other.close()


def test_a_turn_that_another_is_just_taking_is_not_waited_for_in_vain(
    postgres: PostgresServer, database: str, board: PostgresBoard
) -> None:
    make_quest(board, number=1)
    other = PostgresBoard(postgres.url(database))
    with board.claim("s1") as tx:
        assert turns.claim(tx, Wanted("w1"), "s1")
        assert isinstance(take(other, "s2"), NothingYet)
        tx.run("INSERT INTO session (id, agent, anonymous, created_at) VALUES ('s1', 'w1', 0, 0)")
    other.close()


def test_a_cut_connection_is_replaced_before_anything_was_done(far: PostgresBoard, proxy: Proxy) -> None:
    make_quest(far)
    proxy.cut()
    post(far, "one")
    proxy.cut()
    assert texts(far) == ["one"]


def test_a_transaction_whose_connection_is_cut_says_that_nothing_was_changed(far: PostgresBoard, proxy: Proxy) -> None:
    make_quest(far)

    def post_twice() -> None:
        with far.write() as tx:
            messages.append(tx, 1, kind="note", sender="w1", recipient="leader", text="one")
            proxy.cut()
            messages.append(tx, 1, kind="note", sender="w1", recipient="leader", text="two")

    with pytest.raises(LostError, match="nothing was changed: try again"):
        post_twice()
    post(far, "three")
    assert texts(far) == ["three"]


def test_a_commit_that_the_server_never_saw_did_not_take_place(far: PostgresBoard, proxy: Proxy) -> None:
    make_quest(far)
    far.exists()
    proxy.cut_before = b"INSERT INTO receipt"
    with pytest.raises(LostError, match="nothing was changed"):
        post(far, "one")
    assert texts(far) == []


def test_a_commit_whose_reply_was_lost_is_recognised(far: PostgresBoard, proxy: Proxy) -> None:
    make_quest(far)
    proxy.cut_after = b"INSERT INTO receipt"
    post(far, "one")
    proxy.cut_after = None
    assert texts(far) == ["one"]


def test_a_commit_whose_result_cannot_be_found_out_is_reported_as_unknown(far: PostgresBoard, proxy: Proxy) -> None:
    make_quest(far)
    proxy.cut_after = b"INSERT INTO receipt"
    proxy.closed = True
    with pytest.raises(UnavailableError, match="it is unknown whether that took place") as caught:
        post(far, "one")
    assert not isinstance(caught.value, LostError)  # which would be tried again


def test_a_worker_waits_through_a_restart_of_the_server(postgres: PostgresServer) -> None:
    own = PostgresServer()  # of its own, since others use the shared one
    try:
        own.start()
        own.make_template()
        name = own.new_database()
        board = PostgresBoard(own.url(name), poll=600)
        board.create()
        make_quest(board)
        waiter = PostgresBoard(own.url(name), poll=600)
        with ThreadPoolExecutor(1) as pool:
            taken = pool.submit(take, waiter, "s1", 60)
            with board.listen("leader") as listener:
                eventually(lambda: listener.listening()("w1", EARS) is True, "the worker waits")
            own.stop(signal.SIGQUIT)
            time.sleep(1)
            own.start()
            with board.listen("leader") as listener:
                eventually(lambda: listener.listening()("w1", EARS) is True, "the worker waits again")
            give_turn(board, 1)
            result = taken.result(30)
            assert isinstance(result, TurnTaken)
            assert result.turn.id == 1
        board.close()
        waiter.close()
    finally:
        own.remove()


@pytest.mark.parametrize(
    "words",
    [
        "the database system is starting up",
        "the database system is not yet accepting connections",
        "the database system is shutting down",
        "das Datenbanksystem startet",
        "sorry, too many clients already",
    ],
)
def test_a_server_that_is_not_ready_yet_is_asked_again(
    postgres: PostgresServer, database: str, proxy: Proxy, words: str
) -> None:
    proxy.refusals = [words] * 2
    far = PostgresBoard(postgres.tcp_url(database, port=proxy.port))
    assert far.exists()
    assert proxy.refusals == []
    far.close()


def test_a_worker_whose_server_does_not_come_back_says_so_at_its_end(far: PostgresBoard, proxy: Proxy) -> None:
    make_quest(far)

    def go_away() -> None:
        proxy.closed = True
        proxy.cut()

    threading.Timer(0.3, go_away).start()
    with pytest.raises(UnavailableError, match="cannot reach the board"):
        take(far, "s1", 2)


def test_a_backend_that_an_administrator_ends_is_replaced(postgres: PostgresServer, board: PostgresBoard) -> None:
    make_quest(board)

    def write_while_it_is_ended() -> None:
        with board.write() as tx:
            postgres.run(f"SELECT pg_terminate_backend({tx.value(int, 'SELECT pg_backend_pid()')})")
            tx.run("UPDATE quest SET phase = 'x'")

    with pytest.raises(LostError):
        write_while_it_is_ended()
    post(board, "one")
    assert texts(board) == ["one"]


def test_a_writer_that_is_stopped_in_its_transaction_does_not_hold_up_the_others(
    postgres: PostgresServer, database: str, board: PostgresBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quest(board)
    monkeypatch.setattr("acolytes_quest.stores.postgres_engine._IDLE_SECONDS", 0.3)
    stopped = PostgresBoard(postgres.url(database))

    def write_and_stop_and_write() -> None:
        with stopped.write() as tx:
            tx.run("UPDATE quest SET phase = 'x'")
            post(board, "one")  # waits until the server gives the other up
            tx.run("UPDATE quest SET phase = 'y'")

    with pytest.raises(LostError):
        write_and_stop_and_write()
    with board.read() as tx:
        assert quests.find(tx, 1).phase is None
    stopped.close()


def test_simultaneous_creators_make_one_board(postgres: PostgresServer) -> None:
    url = postgres.url(postgres.new_database())
    boards = [PostgresBoard(url) for _ in range(CLAIMERS)]
    # each connection now remembers that there is none
    assert not any(board.exists() for board in boards)
    with pytest.raises(NoBoardError, match="`acolytes-quest create` makes it"), boards[0].read():
        pass
    with ThreadPoolExecutor(CLAIMERS) as pool:
        list(pool.map(PostgresBoard.create, boards))
    assert [board.exists() for board in boards] == [True] * CLAIMERS
    make_quest(boards[0])
    for board in boards:
        board.close()


def test_a_board_of_a_newer_version_is_refused(postgres: PostgresServer, database: str, board: PostgresBoard) -> None:
    postgres.run("UPDATE acolytes_quest.version SET number = 99", database)
    for use in (board.read, board.write):
        with pytest.raises(UnavailableError, match="newer version"), use():
            pass


def test_every_version_since_the_first_on_a_server_has_a_way_there() -> None:
    assert set(range(3, schema.VERSION + 1)) <= set(schema.MIGRATIONS)


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let the program be a version further, with a step that adds a column."""
    version = schema.VERSION + 1
    monkeypatch.setattr(schema, "VERSION", version)
    step = ["ALTER TABLE turn_file ADD COLUMN size BIGINT"]
    monkeypatch.setitem(schema.MIGRATIONS, version, step)
    return version


def test_an_older_board_is_upgraded_once_and_its_rows_are_kept_aside(
    postgres: PostgresServer, database: str, board: PostgresBoard, next_version: int
) -> None:
    postgres.run("INSERT INTO acolytes_quest.purged VALUES (7, 0)", database)
    with board.read() as tx:
        assert tx.column(int, "SELECT number FROM version") == [next_version]
        assert not tx.exists("SELECT size FROM turn_file")
    kept = f"acolytes_quest_v{next_version - 1}_backup"
    assert postgres.run(f"SELECT quest FROM {kept}.purged", database) == [(7,)]
    make_quest(board)
    with pytest.raises(psycopg.IntegrityError, match="never changes"), board.write() as tx:
        tx.run("DELETE FROM event")


def test_an_upgrade_that_fails_changes_nothing(
    postgres: PostgresServer, database: str, board: PostgresBoard, next_version: int
) -> None:
    schema.MIGRATIONS[next_version].append("ALTER TABLE nothing ADD COLUMN size BIGINT")
    with pytest.raises(QuestError), board.read():
        pass
    assert postgres.run("SELECT number FROM acolytes_quest.version", database) == [(next_version - 1,)]
    assert postgres.run("SELECT 1 FROM pg_namespace WHERE nspname LIKE '%backup'", database) == []


def test_another_programs_schema_is_left_alone(postgres: PostgresServer) -> None:
    name = postgres.new_database()
    postgres.run("CREATE SCHEMA acolytes_quest CREATE TABLE turn (mine TEXT)", name)
    board = PostgresBoard(postgres.url(name))
    with pytest.raises(RefusalError, match="already contains other tables"):
        board.create()
    assert postgres.run("SELECT * FROM acolytes_quest.turn", name) == []
    board.close()


def test_a_database_that_cannot_hold_every_text_is_refused(postgres: PostgresServer) -> None:
    name = postgres.new_database()
    postgres.run(f"CREATE DATABASE {name}_latin ENCODING 'LATIN1' TEMPLATE template0")
    board = PostgresBoard(postgres.url(f"{name}_latin"))
    with pytest.raises(RefusalError, match="has the encoding LATIN1: create one in UTF8"):
        board.create()
    board.close()


def test_a_user_without_rights_hears_which_are_missing(postgres: PostgresServer, database: str) -> None:
    postgres.run("DROP ROLE IF EXISTS guest")
    postgres.run("CREATE ROLE guest LOGIN")
    for name, lacks in (
        (postgres.new_database(), "may not make a board at .*permission denied .*: let an administrator run"),
        (database, "has no rights on the board at .*: let its owner run"),
    ):
        board = PostgresBoard(postgres.url(name, "guest"))
        with pytest.raises(UnavailableError, match=f"guest {lacks} acolytes-quest server-setup --grant guest="):
            make_quest(board) if lacks.startswith("has") else board.create()
        board.close()


def test_a_name_too_long_for_an_index_is_refused(board: PostgresBoard) -> None:
    quest = make_quest(board, number=1)
    key = os.urandom(4000).hex()  # which does not compress
    with pytest.raises(RefusalError, match="too long for this board"), board.write() as tx:
        messages.append(tx, quest, kind="note", sender="w1", recipient="leader", key=key, text="x")


def test_health_names_settings_that_may_lose_a_commit(
    postgres: PostgresServer, database: str, board: PostgresBoard
) -> None:
    assert board.health() == []
    postgres.run("ALTER SYSTEM SET fsync = off")
    postgres.run("SELECT pg_reload_conf()")
    try:
        eventually(lambda: board.health() != [], "the server reads its settings")
        assert board.health() == ["the server has fsync = off: a power failure may lose or damage the board"]
    finally:
        postgres.run("ALTER SYSTEM RESET fsync")
        postgres.run("SELECT pg_reload_conf()")


def test_a_role_that_commits_without_waiting_for_the_disk_waits_here(
    postgres: PostgresServer, database: str, board: PostgresBoard
) -> None:
    postgres.run(f"ALTER DATABASE {database} SET synchronous_commit = off")
    with board.write() as tx:
        assert tx.value(str, "SHOW synchronous_commit") == "on"


def test_scrubbing_leaves_the_board_usable(board: PostgresBoard) -> None:
    make_quest(board)
    board.scrub()
    post(board, "one")

"""What can be seen and found on every engine: ages, live turns, clients that ended, what is ready, lists, search."""

from __future__ import annotations

import random
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acolytes_quest.board import listening, search
from acolytes_quest.board.wanted import Wanted
from acolytes_quest.errors import RefusalError
from acolytes_quest.stores import processes
from acolytes_quest.stores.engine import Board
from acolytes_quest.stores.postgres_engine import PostgresBoard
from acolytes_quest.stores.sqlite_engine import SqliteBoard
from postgres_server import PostgresServer
from quest_desk import Desk
from quest_support import Cli, Clock, create

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Finding:
    """The tests. An engine's class gives `board`, empty, by the test's clock."""

    @pytest.fixture
    def board(self, tmp_path: Path, clock: Clock) -> Iterator[Board]:
        raise NotImplementedError

    @pytest.fixture
    def desk(self, board: Board) -> Desk:
        desk = Desk(board)
        desk.do("create", "--mission", "Plan the peak", "--agents", "w1,w2", "--leader", "boss")
        return desk

    def send(self, desk: Desk, to: str, text: str = "do it", *words: object, quest: int = 1) -> int:
        return int(desk.do("message", "--quest", quest, "--to", to, "--msg", text, *words)["messages"][-1]["turn"])

    def take(self, desk: Desk, session: str, agent: str = "w1") -> Any:
        return desk.do("monitor", "--role", "worker", "--agent", agent, "--as", session, "--timeout", 0)

    def texts(self, desk: Desk, *words: object) -> list[str]:
        return [row["text"] for row in desk.do("search", "--text", *words)["messages"]]

    # -- status and watch ---------------------------------------------------------------------------------------------

    def test_an_old_leased_turn_is_shown_however_many_ended_since(self, desk: Desk) -> None:
        assert self.send(desk, "w1") == 1
        self.take(desk, "s1")
        for _ in range(60):
            turn = self.send(desk, "w2")
            desk.do("cancel", "--quest", 1, "--turn", turn)
        turns = desk.do("status", "--quest", 1)["turns"]
        assert [turn["turn"] for turn in turns if turn["state"] == "leased"] == [1]
        assert len(turns) == 61
        lines = desk.read("status", "--quest", 1).splitlines()
        assert (lines[1].split()[:4], len(lines)) == (["turn", "1", "w1", "leased"], 53)
        assert lines[-1] == "and 10 older turns"
        assert [turn["turn"] for turn in desk.do("watch")["quests"][0]["live"]] == [1]

    def test_status_says_since_when_and_the_last_sign_of_life(self, desk: Desk, clock: Clock) -> None:
        self.send(desk, "w1")
        self.take(desk, "s1")
        turn = desk.do("status", "--quest", 1)["turns"][0]
        assert ISO.fullmatch(turn["since"])
        assert ISO.fullmatch(turn["last_sign"])
        assert turn["client_ended"] is False
        done = self.send(desk, "w2")
        self.take(desk, "s2", "w2")
        desk.do("respond", "--quest", 1, "--msg", "Completed: x", "--as", "s2")
        ended = {turn["turn"]: turn for turn in desk.do("status", "--quest", 1)["turns"]}[done]
        assert ISO.fullmatch(ended["since"])
        assert ended["last_sign"] is None

    def test_a_client_that_has_ended_is_shown_as_such(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        client = subprocess.Popen(["sleep", "600"])
        try:
            monkeypatch.setenv(processes.CLIENT_VARIABLE, processes.identity(client.pid))
            self.send(desk, "w1")
            self.take(desk, "s1")
            assert desk.do("status", "--quest", 1)["turns"][0]["client_ended"] is False
            client.kill()
            client.wait()
            assert desk.do("status", "--quest", 1)["turns"][0]["client_ended"] is True
            assert desk.do("watch")["quests"][0]["live"][0]["client_ended"] is True
        finally:
            client.kill()
            client.wait()

    def test_watch_shows_what_waits_for_the_leader(self, desk: Desk) -> None:
        reviewed = self.send(desk, "w1", "a", "--review")
        asked = self.send(desk, "w2", "b")
        for session, agent, text in (("s1", "w1", "Completed: a"), ("s2", "w2", "CLARIFICATION: which?")):
            self.take(desk, session, agent)
            desk.do("respond", "--quest", 1, "--msg", text, "--as", session)
        self.send(desk, "w2", "c")
        quest = desk.do("watch")["quests"][0]
        assert (quest["unread"], quest["to_review"], quest["to_decide"]) == (2, [reviewed], [asked])
        members = {member["agent"]: member for member in quest["members"]}
        assert (members["w2"]["waiting_turns"], members["w2"]["turns"]) == (1, [])
        assert members["boss"]["role"] == "leader"
        assert ISO.fullmatch(members["w1"]["last_sign"])
        desk.do("monitor", "--role", "leader", "--quest", 1, "--timeout", 0)
        assert desk.do("watch")["quests"][0]["unread"] == 2  # not read before the leader's next call
        desk.do("monitor", "--role", "leader", "--quest", 1, "--timeout", 0)
        assert desk.do("watch")["quests"][0]["unread"] == 0

    def test_watch_knows_who_waits_for_turns(self, desk: Desk, board: Board) -> None:
        with board.listen("w1", listening.of_worker(Wanted("w1"))):
            members = {member["agent"]: member["listens"] for member in desk.do("watch")["quests"][0]["members"]}
        assert members == {"boss": False, "w1": True, "w2": False}

    def test_watch_leaves_out_quests_that_have_ended(self, desk: Desk) -> None:
        desk.do("complete", "--quest", 1, "--summary", "s")
        assert desk.do("watch")["quests"] == []
        assert desk.do("watch", "--quest", 1)["quests"][0]["status"] == "completed"

    # -- ready --------------------------------------------------------------------------------------------------------

    def ready(self, desk: Desk, *words: object) -> list[int]:
        return [turn["turn"] for turn in desk.do("ready", *words)["ready"]]

    def test_ready_lists_the_turns_that_can_be_taken(self, desk: Desk) -> None:
        first = self.send(desk, "w1", "first")
        second = self.send(desk, "w2", "second", "--after", first)
        third = self.send(desk, "w2", "third")
        assert self.ready(desk) == [first, third]
        assert self.ready(desk, "--agent", "w2") == [third]
        row = desk.do("ready")["ready"][0]
        assert row.pop("message")["text"] == "first"
        assert row | {"since": None} == {
            "quest": 1,
            "turn": first,
            "agent": "w1",
            "kind": "work",
            "attempt": 1,
            "since": None,
        }
        self.take(desk, "s1")
        assert self.ready(desk) == [third]
        desk.do("respond", "--quest", 1, "--msg", "Completed: x", "--as", "s1")
        assert self.ready(desk) == [second, third]
        assert self.ready(desk, "--quest", 1, "--agent", "w1") == []

    def test_nothing_is_ready_in_single_mode_while_a_turn_is_taken(self, desk: Desk) -> None:
        desk.do("create", "--mission", "m", "--agents", "w1,w2", "--mode", "single")
        self.send(desk, "w1", quest=2)
        self.send(desk, "w2", quest=2)
        assert len(self.ready(desk, "--quest", 2)) == 2
        self.take(desk, "s1")
        assert self.ready(desk, "--quest", 2) == []

    # -- list ---------------------------------------------------------------------------------------------------------

    def listed(self, desk: Desk, *words: object) -> list[int]:
        return [quest["quest"] for quest in desk.do("list", *words)["quests"]]

    def test_list_filters_quests(self, desk: Desk) -> None:
        desk.do("create", "--mission", "Größe der Server 100% _x", "--agents", "w3")
        desk.do("complete", "--quest", 1, "--summary", "s")
        assert self.listed(desk) == [2, 1]
        assert self.listed(desk, "--status", "completed") == [1]
        assert self.listed(desk, "--agent", "w3") == [2]
        assert self.listed(desk, "--agent", "boss") == [1]
        assert self.listed(desk, "--mission", "PEAK pl") == [1]
        assert self.listed(desk, "--mission", "GRÖSSE") == [2]
        assert self.listed(desk, "--since", "1") == [2, 1]
        assert self.listed(desk, "--since", "2999-01-01") == []
        assert self.listed(desk, "--since", "2020-01-01", "--status", "open", "--agent", "w3") == [2]

    # -- search -------------------------------------------------------------------------------------------------------

    def test_search_finds_all_the_words_at_the_beginning_of_words(self, desk: Desk) -> None:
        for text in ("The cache of src/api/a.py", "CACHES and Größe", "a peak_load of 12", "nothing"):
            self.send(desk, "w1", text)
        assert self.texts(desk, "cache") == ["CACHES and Größe", "The cache of src/api/a.py"]
        assert self.texts(desk, "cache a.py") == ["The cache of src/api/a.py"]
        assert self.texts(desk, "grösse") == self.texts(desk, "GRÖSSE") == ["CACHES and Größe"]
        assert self.texts(desk, "ache") == []
        assert self.texts(desk, "load") == ["a peak_load of 12"]
        assert self.texts(desk, "100%") == self.texts(desk, "_ x") == []
        assert [quest["quest"] for quest in desk.do("search", "--text", "peak")["quests"]] == [1]
        with pytest.raises(RefusalError, match="has no word to look for"):
            desk.do("search", "--text", "% _ '")

    def test_search_is_bounded_and_filtered(self, desk: Desk) -> None:
        desk.do("create", "--mission", "m", "--agents", "w1")
        for number in range(5):
            self.send(desk, "w1", f"task {number}")
        self.send(desk, "w1", "task of quest 2", quest=2)
        found = desk.do("search", "--text", "task", "--limit", 2)
        assert [row["text"] for row in found["messages"]] == ["task of quest 2", "task 4"]
        assert found["left_out"] == 4
        assert self.texts(desk, "task", "--quest", 2) == ["task of quest 2"]
        assert self.texts(desk, "task", "--agent", "w2") == []
        assert len(self.texts(desk, "task", "--agent", "w1")) == 6

    def test_search_finds_words_however_they_are_written(self, desk: Desk) -> None:
        long = "k" * 3000
        for text in (f"the key {long}.x", "die Straße im Süden", "NAI\u0308VE na\u00efve", "v1.2.3 of x_y", "12e5 1e9"):
            self.send(desk, "w1", text)
        found = {
            query: len(self.texts(desk, query))
            for query in (
                *(long, long[:2000], "k" * 255, "strasse", "STRAß", "süd", "s\u00fcden", "na\u00efve", "nai\u0308ve"),
                *("v1.2", "1.2.3", "2.3", "x_y", "y", "12e", "12e5", "1e9", "e5", "im die", "s"),
            )
        }
        assert {query[:9]: number for query, number in found.items() if number != 1} == {"e5": 0, "1.2.3": 0}

    def test_a_search_finds_the_same_as_reading_every_text(self, desk: Desk) -> None:
        chance = random.Random(7)
        letters = "aAbBsS12éÉßöo\u0308_-./ \n"
        texts = ["".join(chance.choices(letters, k=chance.randint(1, 60))) + " end" for _ in range(150)]
        for text in texts:
            desk.do("message", "--quest", 1, "--to", "boss", "--from", "w1", f"--msg={text}")
        stored = self.texts(desk, "end")
        assert len(stored) == 150
        for _ in range(120):
            query = "".join(chance.choices(letters, k=chance.randint(1, 5)))
            try:
                words = search.Words(query)
            except RefusalError:
                continue
            found = [row["text"] for row in desk.do("search", f"--text={query}")["messages"]]
            assert found == [text for text in stored if words.match(text)], query

    @pytest.mark.parametrize(
        "text", ["'; DROP TABLE message; --", 'a" OR 1=1', "%", "\\", "a\x1b[2J", "NEAR(a b)", "*"]
    )
    def test_what_is_searched_for_is_data(self, desk: Desk, text: str) -> None:
        self.send(desk, "w1", "x " + text)
        assert self.texts(desk, "x " + text) == ["x " + text]

    def test_what_was_redacted_or_purged_is_not_found(self, desk: Desk) -> None:
        self.send(desk, "w1", "the password is Xyzzy")
        assert len(self.texts(desk, "xyzzy")) == 1
        desk.do("redact", "--quest", 1, "--seq", 1, "--reason", "a password")
        assert self.texts(desk, "xyzzy") == []
        desk.do("complete", "--quest", 1, "--summary", "s", "--force")
        desk.do("purge", "--older", 0)
        assert desk.do("search", "--text", "peak")["quests"] == []


class TestSqlite(Finding):
    @pytest.fixture
    def board(self, tmp_path: Path, clock: Clock) -> Iterator[Board]:
        board = SqliteBoard(str(tmp_path / "quests.db"), clock=clock)
        board.create()
        yield board
        board.close()

    def test_neither_redact_nor_purge_leaves_words_in_the_files(self, desk: Desk, tmp_path: Path) -> None:
        self.send(desk, "w1", "the password is Xyzzy")
        assert len(self.texts(desk, "xyzzy")) == 1
        desk.do("redact", "--quest", 1, "--seq", 1, "--reason", "a password")
        self.send(desk, "w1", "another is Plugh")
        self.texts(desk, "plugh")
        desk.do("complete", "--quest", 1, "--summary", "s", "--force")
        desk.do("purge", "--older", 0)
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert files
        for path in files:
            assert not re.search(rb"(?i)xyzzy|plugh", path.read_bytes()), path


class TestPostgres(Finding):
    @pytest.fixture
    def board(self, postgres: PostgresServer, clock: Clock) -> Iterator[Board]:
        with postgres.board_database() as name:
            board = PostgresBoard(postgres.url(name), clock=clock)
            yield board
            board.close()

    def test_the_index_of_words_is_used_and_keeps_no_removed_word(
        self, desk: Desk, board: PostgresBoard, postgres: PostgresServer
    ) -> None:
        for number in range(300):
            desk.do("message", "--quest", 1, "--to", "boss", "--from", "w1", "--msg", f"the number is {number}")
        self.send(desk, "w1", "the password is Xyzzy")
        condition, values = search.Words("xyz").indexed("text")
        with board.read() as tx:
            tx.run("SET LOCAL enable_seqscan = off")
            plan = "\n".join(tx.column(str, f"EXPLAIN SELECT * FROM message WHERE redacted = 0{condition}", *values))
        assert "message_words" in plan
        assert b"xyzzy" in self.index(board, postgres)
        desk.do("redact", "--quest", 1, "--seq", 301, "--reason", "a password")
        assert b"xyzzy" not in self.index(board, postgres)
        assert b"number" in self.index(board, postgres)
        desk.do("complete", "--quest", 1, "--summary", "s", "--force")
        desk.do("purge", "--older", 0)
        assert b"number" not in self.index(board, postgres)

    def index(self, board: PostgresBoard, postgres: PostgresServer) -> bytes:
        """Return what is in the file of the index."""
        with board.started("SELECT pg_relation_filepath('acolytes_quest.message_words')") as (connection, row):
            connection.execute("CHECKPOINT")
            return (postgres.folder / "data" / str(row[0])).read_bytes()


def test_ages_are_in_words(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1,w2", "--msg", "x")
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    later = time.time() + 200
    monkeypatch.setattr(time, "time", lambda: later)
    printed = cli.ok("status", "--quest", 1)
    assert re.search(
        r"turn 1 w1 leased 3 min ago, attempt 1, last sign of life \d+ (s|min) ago, lease for \d+ s", printed
    )
    assert "turn 2 w2 queued 3 min ago" in printed
    assert "turn 2 of quest 1 for w2, queued " in cli.ok("ready")


def test_a_wrong_date_is_refused(cli: Cli) -> None:
    create(cli)
    assert "is not a date such as" in cli.refused("list", "--since", "yesterday")
    assert "is not a date such as" in cli.refused("list", "--since", "2026-02-30")

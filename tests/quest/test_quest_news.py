"""What the leader has read, on every engine: nothing is skipped, and nothing is new twice to a leader that goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acolytes_quest.board import news
from acolytes_quest.errors import RefusalError
from acolytes_quest.stores.engine import Board
from acolytes_quest.stores.postgres_engine import PostgresBoard
from acolytes_quest.stores.sqlite_engine import SqliteBoard
from postgres_server import PostgresServer
from quest_desk import Desk
from quest_support import Clock

LEASE = 900.0
CLIENT = "CLAUDE_CODE_SESSION_ID"


class News:
    """The tests. An engine's class gives `board`, empty. The quest is led by the client's session `one`."""

    @pytest.fixture
    def board(self, tmp_path: Path, clock: Clock) -> Iterator[Board]:
        raise NotImplementedError

    @pytest.fixture
    def desk(self, board: Board) -> Desk:
        desk = Desk(board, **{CLIENT: "one"})
        desk.do("create", "--mission", "m", "--agents", "w")
        return desk

    def answer(self, desk: Desk, session: str, text: str) -> Any:
        desk.do("monitor", "--role", "worker", "--agent", "w", "--as", session, "--timeout", 0)
        return desk.do("respond", "--quest", 1, "--msg", text, "--as", session)

    def assign(self, desk: Desk, *words: object) -> Any:
        return desk.do("message", "--quest", 1, "--to", "w", "--msg", "do it", *words)

    def look(self, desk: Desk, *words: object) -> list[str]:
        seen = desk.do("monitor", "--role", "leader", "--quest", 1, "--timeout", 0, *words)
        return [message["text"] for message in seen.get("messages", [])]

    def other(self, desk: Desk, session: str | None) -> Desk:
        """The same board, used by another session of the client, or from a terminal."""
        return Desk(desk.board, **({CLIENT: session} if session else {}))

    def complete(self, desk: Desk, *words: object) -> Any:
        return desk.do("complete", "--quest", 1, "--summary", "s", *words)

    # -- another leader -----------------------------------------------------------------------------------------------

    def test_a_quest_that_is_handed_over_goes_on_where_it_was(self, desk: Desk) -> None:
        """Nothing is skipped and nothing is told twice, and the earlier leader is refused."""
        for number in range(3):
            self.assign(desk)
            self.answer(desk, "s1", f"Completed: {number}")
        assert self.look(desk, "--as", "one") == ["Completed: 0", "Completed: 1", "Completed: 2"]
        self.assign(desk)
        self.answer(desk, "s1", "Completed: 3")
        answer = desk.do("handover", "--quest", 1, "--to", "two")
        assert (answer["before"], answer["session"]) == ("one", "two")
        assert answer["next"].endswith("monitor --role leader --quest 1 --as two")
        for words in (["monitor", "--role", "leader"], ["phase", "--phase", "x"], ["complete", "--summary", "s"]):
            with pytest.raises(RefusalError, match="quest 1 was handed over, and the session two leads it"):
                desk.do(*words, "--quest", 1)
        two = self.other(desk, "two")
        assert self.look(two) == ["Completed: 3"]
        assert self.look(two) == []
        self.complete(two)

    def test_the_quest_of_a_leader_that_has_ended_is_taken_over(self, desk: Desk) -> None:
        """What it had printed, and not come back from, is printed again."""
        self.assign(desk)
        self.answer(desk, "s1", "Completed: 0")
        assert self.look(desk) == ["Completed: 0"]
        two = self.other(desk, "two")
        assert two.do("handover", "--quest", 1)["session"] == "two"
        assert self.look(two) == ["Completed: 0"]
        with pytest.raises(RefusalError, match="was handed over"):
            self.assign(desk)

    def test_a_quest_on_a_server_is_taken_over_by_whom_it_is_given_to(self, board: Board) -> None:
        server = {"ACOLYTES_QUEST_URL": "postgresql://nowhere", "HOME": "/none"}
        one, two, terminal = (Desk(board, **server, **client) for client in ({CLIENT: "one"}, {CLIENT: "two"}, {}))
        one.do("create", "--mission", "m", "--agents", "w")
        with pytest.raises(RefusalError, match="or take the quest over with acolytes-quest handover --quest 1"):
            self.assign(two)
        assert terminal.do("handover", "--quest", 1)["session"] is None
        assert two.do("handover", "--quest", 1)["session"] == "two"
        self.assign(two)
        for desk in (one, terminal):
            with pytest.raises(RefusalError, match=r"handed over|only the session that leads it"):
                self.assign(desk)
        two.do("handover", "--quest", 1, "--to", "one")
        self.assign(one)
        with pytest.raises(RefusalError, match="was handed over"):
            self.assign(two)

    def test_who_cannot_lead_gets_no_quest(self, desk: Desk) -> None:
        self.assign(desk)
        self.answer(desk, "s1", "Completed: 0")
        with pytest.raises(RefusalError, match="this session is its worker"):
            desk.do("handover", "--quest", 1, "--as", "s1")
        with pytest.raises(RefusalError, match="works in quest 1 as w, so it cannot lead it"):
            desk.do("handover", "--quest", 1, "--to", "s1")
        with pytest.raises(RefusalError, match="leads quest 1 already"):
            desk.do("handover", "--quest", 1, "--to", "one")
        self.complete(desk)
        with pytest.raises(RefusalError, match="is completed and cannot change"):
            desk.do("handover", "--quest", 1)

    # -- what is new --------------------------------------------------------------------------------------------------

    def test_an_answer_that_came_before_the_next_assignment_is_still_new(self, desk: Desk) -> None:
        """Several workers of one name: the leader writes to that name between their answers."""
        self.assign(desk)
        self.assign(desk)
        desk.do("monitor", "--role", "worker", "--agent", "w", "--as", "s1", "--timeout", 0)
        desk.do("monitor", "--role", "worker", "--agent", "w", "--as", "s2", "--timeout", 0)
        desk.do("respond", "--quest", 1, "--msg", "Completed: a", "--as", "s1")
        assert self.look(desk) == ["Completed: a"]
        desk.do("respond", "--quest", 1, "--msg", "BLOCKED: b", "--as", "s2")
        assert self.assign(desk)["unread"] == 1
        assert self.look(desk) == ["BLOCKED: b"]
        assert self.look(desk) == []

    def test_a_dead_turn_is_news_after_the_next_assignment(self, desk: Desk, clock: Clock) -> None:
        self.assign(desk)
        for session in ("s1", "s2", "s3"):
            desk.do("monitor", "--role", "worker", "--agent", "w", "--as", session, "--timeout", 0)
            clock.seconds += LEASE
        self.assign(desk)
        assert self.look(desk) == [
            "turn 1 for w is dead: 3 attempts ended without an answer. Assign the work again, or go on without it."
        ]

    def test_another_session_of_the_leader_goes_on_where_the_last_one_was(self, desk: Desk) -> None:
        self.assign(desk)
        self.answer(desk, "s1", "Completed: a")
        assert self.look(desk) == ["Completed: a"]
        self.assign(desk)  # the leader has read it
        self.answer(desk, "s1", "Completed: b")
        assert self.look(self.other(desk, "two")) == ["Completed: b"]

    def test_what_a_session_printed_last_is_new_to_the_one_that_follows(self, desk: Desk) -> None:
        self.assign(desk)
        self.answer(desk, "s1", "Completed: a")
        assert self.look(desk) == ["Completed: a"]
        assert self.look(self.other(desk, "two")) == ["Completed: a"]

    def test_what_a_session_printed_last_is_new_again_when_its_memory_has_ended(self, desk: Desk) -> None:
        self.assign(desk)
        self.answer(desk, "s1", "Completed: a")
        assert self.look(desk) == ["Completed: a"]
        with desk.board.write() as tx:
            news.forget(tx, "one")
        assert self.look(desk) == ["Completed: a"]
        assert self.look(desk) == []

    def test_what_could_not_be_printed_is_new(self, desk: Desk) -> None:
        from acolytes_quest import cli, options
        from acolytes_quest.call import VerbCall

        self.assign(desk)
        self.answer(desk, "s1", "Completed: a")
        words = ["--role", "leader", "--quest", "1", "--timeout", "0"]
        call = VerbCall(options.parse("monitor", words), "/", desk.environ, None)
        call.board = desk.board
        assert "Completed: a" in cli.verb_function("monitor")(call).text  # killed before it was printed
        assert self.look(desk) == ["Completed: a"]

    def test_a_person_may_look_without_taking_the_news_from_the_leader(self, desk: Desk) -> None:
        self.assign(desk)
        self.answer(desk, "s1", "Completed: a")
        person = self.other(desk, None)
        assert self.look(person) == ["Completed: a"]
        assert self.look(person) == []
        assert self.look(desk) == ["Completed: a"]

    def test_since_prints_again_and_does_not_pass_over_what_lies_before(self, desk: Desk) -> None:
        for text in ("Completed: a", "Completed: b"):
            self.assign(desk)
            self.answer(desk, "s1", text)
        assert self.look(desk, "--since", 2) == ["Completed: b"]
        assert self.look(desk) == ["Completed: a", "Completed: b"]
        assert self.look(desk, "--since", 0) == ["Completed: a", "Completed: b"]

    # -- the end of a quest -------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("text", ["BLOCKED: no key", "CLARIFICATION: which one?"])
    def test_a_question_needs_a_decision_before_the_quest_is_complete(self, desk: Desk, text: str) -> None:
        self.assign(desk)
        self.answer(desk, "s1", text)
        with pytest.raises(RefusalError, match="has not read message 2 of quest 1"):
            self.complete(desk)
        self.look(desk)
        with pytest.raises(RefusalError, match=r"turn 1 \(\w+\) of quest 1 waits for your decision"):
            self.complete(desk)
        assert self.assign(desk)["replied"] == [1]
        self.answer(desk, "s1", "Completed: now")
        self.complete(desk)

    def test_a_question_can_be_dropped(self, desk: Desk) -> None:
        self.assign(desk)
        self.answer(desk, "s1", "BLOCKED: no key")
        assert desk.do("cancel", "--quest", 1, "--turn", 1)["status"] == "dropped"
        assert desk.do("cancel", "--quest", 1, "--turn", 1)["repeated"] is True
        self.look(desk)
        self.complete(desk)

    def test_a_reply_cannot_be_taken_back(self, desk: Desk) -> None:
        self.assign(desk)
        self.answer(desk, "s1", "BLOCKED: no key")
        self.assign(desk, "--answers", 1)
        with pytest.raises(RefusalError, match="has its reply already"):
            desk.do("cancel", "--quest", 1, "--turn", 1)
        with pytest.raises(RefusalError, match="turn 1 waits for no decision"):
            self.assign(desk, "--answers", 1)

    def test_an_assignment_is_no_reply_to_a_question_that_the_leader_has_not_read(self, desk: Desk) -> None:
        self.assign(desk)
        self.answer(desk, "s1", "BLOCKED: no key")
        assert self.assign(desk)["replied"] == []
        assert self.look(desk) == ["BLOCKED: no key"]

    def test_with_two_questions_of_one_worker_the_leader_says_which_it_answers(self, desk: Desk) -> None:
        for text in ("BLOCKED: a", "CLARIFICATION: b"):
            self.assign(desk)
            self.answer(desk, "s1", text)
        self.look(desk)
        sent = self.assign(desk)
        assert (sent["replied"], sent["undecided"]) == ([], [1, 2])
        sent = self.assign(desk, "--answers", 2)
        assert (sent["replied"], sent["undecided"]) == ([2], [1])
        assert self.assign(desk)["replied"] == [1]

    def test_another_worker_can_get_the_reply(self, desk: Desk) -> None:
        desk.do("create", "--mission", "m", "--agents", "w,v")
        desk.do("message", "--quest", 2, "--to", "w", "--msg", "do it")
        desk.do("monitor", "--role", "worker", "--agent", "w", "--as", "s1", "--timeout", 0)
        desk.do("respond", "--quest", 2, "--msg", "BLOCKED: no right", "--as", "s1")
        sent = desk.do("message", "--quest", 2, "--to", "v", "--msg", "you do it", "--answers", 1)
        assert sent["replied"] == [1]

    def test_a_note_that_the_leader_has_not_read_keeps_the_quest_open(self, desk: Desk) -> None:
        self.assign(desk)
        self.answer(desk, "s1", "Completed: a")
        desk.do("message", "--quest", 1, "--to", "leader", "--from", "w", "--msg", "it leaks", "--as", "s1")
        with pytest.raises(RefusalError, match="has not read message 3"):
            self.complete(desk)
        self.complete(desk, "--force")

    def test_a_completed_answer_does_not_keep_the_quest_open(self, desk: Desk) -> None:
        self.assign(desk)
        self.answer(desk, "s1", "Completed: a")
        self.complete(desk)

    def test_check_finds_a_decision_that_no_event_records(self, desk: Desk) -> None:
        self.assign(desk)
        self.answer(desk, "s1", "BLOCKED: a")
        with desk.board.write() as tx:
            tx.run("INSERT INTO decision (turn, outcome) VALUES (1, 'replied')")
        assert [finding["problem"] for finding in desk.do("check")["findings"]] == [
            "decision on turn 1: the table has replied, the events give None"
        ]


class TestSqlite(News):
    @pytest.fixture
    def board(self, tmp_path: Path, clock: Clock) -> Iterator[Board]:
        board = SqliteBoard(str(tmp_path / "quests.db"), clock=clock, lease=LEASE)
        board.create()
        yield board
        board.close()


class TestPostgres(News):
    @pytest.fixture
    def board(self, postgres: PostgresServer, clock: Clock) -> Iterator[Board]:
        with postgres.board_database() as name:
            board = PostgresBoard(postgres.url(name), clock=clock, lease=LEASE)
            yield board
            board.close()

"""What every engine must hold: turns, leases, fences, messages and events, by a clock that the test moves."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from acolytes_quest.board import listening, messages, quests, responses, turns
from acolytes_quest.board.responses import Answered, Response
from acolytes_quest.board.rows import Turn
from acolytes_quest.board.waiting import Leader, TurnTaken, Worker
from acolytes_quest.board.wanted import Wanted
from acolytes_quest.errors import RecordedRefusalError, RefusalError
from acolytes_quest.stores.engine import Board
from acolytes_quest.stores.postgres_engine import PostgresBoard
from acolytes_quest.stores.sqlite_engine import SqliteBoard
from postgres_server import PostgresServer
from quest_support import Clock

LEASE = 900.0


class Contract:
    """The tests. An engine's class gives `board`, empty, by the test's clock and with a lease of 900 s.

    `broken_rule` is the engine's exception for what the tables themselves forbid.
    """

    broken_rule: type[Exception]

    @pytest.fixture
    def board(self, tmp_path: Path, clock: Clock) -> Iterator[Board]:
        raise NotImplementedError

    def quest(self, board: Board, *agents: str, mode: str = "parallel") -> int:
        with board.write() as tx:
            return quests.create(
                tx, mission="m", agents=list(agents), leader="leader", phase=None, mode=mode, session="boss"
            )

    def assign(self, board: Board, quest: int, agent: str, *after: int) -> int:
        with board.write() as tx:
            turn = turns.assign(tx, quest, agent, list(after))
            messages.append(
                tx, quest, kind="assignment", sender="leader", recipient=agent, turn=turn.id, text=f"do {turn.id}"
            )
            return turn.id

    def take(self, board: Board, agent: str, session: str | None = None) -> Turn | None:
        result = Worker(board, agent=agent, session=session, quest=None).wait(time.monotonic())
        return result.turn if isinstance(result, TurnTaken) else None

    def answer(self, board: Board, quest: int, text: str, session: str | None, **which: Any) -> Answered:
        with board.write() as tx:
            response = Response(text, files=[], session=session, **which)
            return responses.respond(tx, quests.find(tx, quest), response, {})

    def state(self, board: Board, turn: int) -> str:
        with board.read() as tx:
            return turns.get(tx, turn).state

    def events(self, board: Board, turn: int) -> list[str]:
        with board.read() as tx:
            return tx.column(str, "SELECT kind FROM event WHERE turn = ? ORDER BY id", turn)

    def leader_news(self, board: Board, quest: int, since: int | None = None) -> list[str]:
        with board.read() as tx:
            row = quests.find(tx, quest)
        news = Leader(board, led=[row], reader="boss", since=since).wait(time.monotonic())
        return [message.text for message in news.messages]

    def test_a_turn_is_queued_then_leased_then_done(self, board: Board) -> None:
        quest = self.quest(board, "w1")
        turn = self.assign(board, quest, "w1")
        assert self.state(board, turn) == "queued"
        taken = self.take(board, "w1", "s1")
        assert taken is not None
        assert (taken.id, taken.fence, taken.attempt, taken.holder) == (turn, 1, 1, "s1")
        assert self.answer(board, quest, "Completed: x", "s1").message.kind == "completed"
        assert self.events(board, turn) == ["queued", "claimed", "done"]

    def test_a_session_that_holds_a_turn_gets_it_again_and_no_other(self, board: Board, clock: Clock) -> None:
        quest = self.quest(board, "w1")
        first, second = self.assign(board, quest, "w1"), self.assign(board, quest, "w1")
        self.take(board, "w1", "s1")
        clock.seconds += 600
        again = self.take(board, "w1", "s1")
        assert again is not None
        assert (again.id, again.fence) == (first, 1)
        clock.seconds += 600  # the second look renewed the lease
        other = self.take(board, "w1", "s2")
        assert other is not None
        assert other.id == second

    def test_an_expired_lease_queues_the_turn_and_the_next_claim_raises_the_fence(
        self, board: Board, clock: Clock
    ) -> None:
        quest = self.quest(board, "w1")
        turn = self.assign(board, quest, "w1")
        self.take(board, "w1", "s1")
        clock.seconds += LEASE - 1
        assert self.take(board, "w1", "s2") is None
        clock.seconds += 1
        retaken = self.take(board, "w1", "s2")
        assert retaken is not None
        assert (retaken.id, retaken.fence, retaken.attempt) == (turn, 2, 2)
        with pytest.raises(RecordedRefusalError, match="held by another session"):
            self.answer(board, quest, "Completed: late", "s1")
        assert self.events(board, turn) == ["queued", "claimed", "expired", "claimed", "refused"]
        self.answer(board, quest, "Completed: x", "s2")
        assert self.leader_news(board, quest) == ["Completed: x"]

    def test_a_late_answer_counts_while_nobody_else_has_taken_the_turn(self, board: Board, clock: Clock) -> None:
        quest = self.quest(board, "w1", "w2")
        turn = self.assign(board, quest, "w1")
        self.take(board, "w1", "s1")
        clock.seconds += LEASE
        self.take(board, "w2", "s2")  # expires w1's lease on its way
        assert self.state(board, turn) == "queued"
        self.answer(board, quest, "Completed: late", "s1")
        assert self.state(board, turn) == "done"

    def test_another_boot_ends_every_lease(self, board: Board, clock: Clock) -> None:
        self.assign(board, self.quest(board, "w1"), "w1")
        self.take(board, "w1", "s1")
        clock.boot, clock.seconds = "boot-2", 5.0
        retaken = self.take(board, "w1", "s2")
        assert retaken is not None
        assert retaken.fence == 2

    def test_three_attempts_without_an_answer_kill_the_turn_and_tell_the_leader(
        self, board: Board, clock: Clock
    ) -> None:
        quest = self.quest(board, "w1", "w2")
        turn = self.assign(board, quest, "w1")
        waits = self.assign(board, quest, "w2", turn)
        for session in ("s1", "s2", "s3"):
            assert self.take(board, "w1", session) is not None
            clock.seconds += LEASE
        assert self.take(board, "w1", "s4") is None
        assert (self.state(board, turn), self.state(board, waits)) == ("dead", "cancelled")
        assert self.leader_news(board, quest) == [
            (
                "turn 1 for w1 is dead: 3 attempts ended without an answer; turn 2 that depended on it is cancelled."
                " Assign the work again, or go on without it."
            ),
            "turn 2 for w2 is cancelled: turn 1 was not completed",
        ]
        with pytest.raises(RecordedRefusalError, match="is dead"):
            self.answer(board, quest, "Completed: too late", "s3")

    def test_the_leader_notices_an_expired_lease_by_itself(self, board: Board, clock: Clock) -> None:
        quest = self.quest(board, "w1")
        turn = self.assign(board, quest, "w1")
        self.take(board, "w1", "s1")
        clock.seconds += LEASE
        assert self.leader_news(board, quest) == []
        assert self.state(board, turn) == "queued"

    def test_a_blocked_turn_waits_for_all_that_it_comes_after(self, board: Board) -> None:
        quest = self.quest(board, "w1", "w2", "w3")
        one, two = self.assign(board, quest, "w1"), self.assign(board, quest, "w2")
        last = self.assign(board, quest, "w3", one, two)
        for agent in ("w1", "w2"):
            assert self.state(board, last) == "blocked"
            self.take(board, agent, agent)
            self.answer(board, quest, "Completed: done", agent)
        assert self.state(board, last) == "queued"
        assert self.state(board, self.assign(board, quest, "w3", one)) == "queued"

    def test_an_answer_that_does_not_state_its_kind_lets_nothing_start(self, board: Board) -> None:
        quest = self.quest(board, "w1", "w2")
        one, two = self.assign(board, quest, "w1"), self.assign(board, quest, "w1")
        waits = self.assign(board, quest, "w2", one)
        self.take(board, "w1", "s1")
        with pytest.raises(RefusalError, match="turn 3 depends on turn 1, so your answer must state how"):
            self.answer(board, quest, "I could not do it, the data is missing", "s1")
        assert (self.state(board, one), self.state(board, waits)) == ("leased", "blocked")
        assert self.leader_news(board, quest) == []
        self.answer(board, quest, "Completed: x", "s1")
        assert self.state(board, waits) == "queued"
        self.take(board, "w1", "s1")
        assert self.answer(board, quest, "Completion details", "s1").message.kind == "completed"
        with pytest.raises(
            RefusalError, match="--after 2: the answer to that turn is completed, unmarked; read message 5"
        ):
            self.assign(board, quest, "w2", two)

    def test_a_single_quest_leases_one_turn_at_a_time(self, board: Board) -> None:
        quest = self.quest(board, "w1", "w2", mode="single")
        self.assign(board, quest, "w1")
        self.assign(board, quest, "w2")
        assert self.take(board, "w2", "s2") is not None
        assert self.take(board, "w1", "s1") is None
        self.answer(board, quest, "done", "s2")
        assert self.take(board, "w1", "s1") is not None

    def test_two_workers_of_one_name_both_get_work_in_parallel(self, board: Board) -> None:
        quest = self.quest(board, "w1")
        expected = [self.assign(board, quest, "w1"), self.assign(board, quest, "w1")]
        taken = [self.take(board, "w1", session) for session in ("s1", "s2")]
        assert [turn and turn.id for turn in taken] == expected

    def test_a_retry_of_an_answer_returns_the_first_result(self, board: Board) -> None:
        quest = self.quest(board, "w1")
        self.assign(board, quest, "w1")
        self.take(board, "w1", "s1")
        first = self.answer(board, quest, "Completed: x", "s1")
        second = self.answer(board, quest, "Completed: x", "s1")
        assert (second.message.seq, second.turn, second.repeated) == (first.message.seq, first.turn, True)
        with pytest.raises(RecordedRefusalError, match="answered already"):
            self.answer(board, quest, "Completed: y", "s1")
        assert self.leader_news(board, quest) == ["Completed: x"]

    def test_the_same_words_answer_the_next_turn_too(self, board: Board) -> None:
        quest = self.quest(board, "w1")
        turn = [self.assign(board, quest, "w1"), self.assign(board, quest, "w1")]
        for number in turn:
            self.take(board, "w1", "s1")
            answered = self.answer(board, quest, "done", "s1")
            assert (answered.turn, answered.repeated) == (number, False)

    def test_a_stale_fence_changes_nothing_but_the_log(self, board: Board, clock: Clock) -> None:
        quest = self.quest(board, "w1")
        turn = self.assign(board, quest, "w1")
        self.take(board, "w1")
        clock.seconds += LEASE
        self.take(board, "w1")
        with pytest.raises(RecordedRefusalError, match="taken by another worker"):
            self.answer(board, quest, "Completed: old", None, turn=turn, fence=1)
        assert self.state(board, turn) == "leased"
        assert self.events(board, turn)[-1] == "refused"
        self.answer(board, quest, "Completed: new", None, turn=turn, fence=2)
        assert self.leader_news(board, quest) == ["Completed: new"]

    @pytest.mark.parametrize(("session", "fence"), [("s1", 1), ("s1", 9), (None, 9)])
    def test_a_wrong_fence_for_a_turn_that_is_still_held_is_called_wrong(
        self, board: Board, clock: Clock, session: str | None, fence: int
    ) -> None:
        quest = self.quest(board, "w1")
        turn = self.assign(board, quest, "w1")
        self.take(board, "w1", session)
        clock.seconds += LEASE
        self.take(board, "w1", "s2")
        clock.seconds += LEASE
        self.take(board, "w1", session)
        with pytest.raises(RecordedRefusalError, match=f"--fence {fence} is not the fence of turn 1"):
            self.answer(board, quest, "Completed: x", session, turn=turn, fence=fence)
        assert self.answer(board, quest, "Completed: x", session, turn=turn, fence=3).turn == turn

    def test_anonymous_workers_say_which_turn_when_several_are_held(self, board: Board) -> None:
        quest = self.quest(board, "w1", "w2")
        first, second = self.assign(board, quest, "w1"), self.assign(board, quest, "w2")
        self.take(board, "w1")
        self.take(board, "w2")
        with pytest.raises(RefusalError, match=r"several turns are held: 1 \(w1\), 2 \(w2\); say which: --turn N"):
            self.answer(board, quest, "done", None)
        assert self.answer(board, quest, "done", None, agent="w2").turn == second
        assert self.answer(board, quest, "done", None).turn == first

    def test_an_anonymous_caller_cannot_answer_for_a_named_session(self, board: Board) -> None:
        quest = self.quest(board, "w1")
        turn = self.assign(board, quest, "w1")
        self.take(board, "w1", "s1")
        for which in ({}, {"turn": turn}, {"turn": turn, "fence": 1}):
            with pytest.raises(RecordedRefusalError, match="add the --as of that session"):
                self.answer(board, quest, "done", None, **which)
        with pytest.raises(RecordedRefusalError, match="held by another session"):
            self.answer(board, quest, "done", "s2", turn=turn)
        assert self.state(board, turn) == "leased"

    def test_a_turn_without_a_worker_is_reported_once(self, board: Board, clock: Clock) -> None:
        quest = self.quest(board, "w1")
        self.assign(board, quest, "w1")
        with board.read() as tx:
            row = quests.find(tx, quest)
        clock.seconds += 59
        assert Leader(board, led=[row], reader="boss", since=1).wait(time.monotonic() + 0.2).messages == []
        clock.seconds += 1
        news = Leader(board, led=[row], reader="boss", since=1).wait(time.monotonic() + 5)
        assert [message.text for message in news.messages] == ["turn 1 waits for w1, and no w1 is listening: start one"]
        assert self.leader_news(board, quest, since=2) == []

    def test_a_turn_that_somebody_listens_for_is_not_reported(self, board: Board, clock: Clock) -> None:
        quest = self.quest(board, "w1", mode="single")
        self.assign(board, quest, "w1")
        clock.seconds += 60
        with board.read() as tx:
            row = quests.find(tx, quest)
        with board.listen("w1", listening.of_worker(Wanted("w1"))):
            news = Leader(board, led=[row], reader="boss", since=1).wait(time.monotonic() + 0.2)
        assert news.messages == []

    def test_messages_and_events_never_change(self, board: Board) -> None:
        quest = self.quest(board, "w1")
        self.assign(board, quest, "w1")
        for statement in (
            "UPDATE message SET text = 'x'",
            "DELETE FROM message",
            "UPDATE event SET kind = 'x'",
            "DELETE FROM event",
        ):
            with pytest.raises(self.broken_rule, match="never changes"), board.write() as tx:
                tx.run(statement)

    def test_final_states_are_final_and_fences_only_rise(self, board: Board) -> None:
        quest = self.quest(board, "w1")
        turn = self.assign(board, quest, "w1")
        self.take(board, "w1", "s1")
        with pytest.raises(self.broken_rule, match="only rises"), board.write() as tx:
            tx.run("UPDATE turn SET fence = 0 WHERE id = ?", turn)
        self.answer(board, quest, "done", "s1")
        with pytest.raises(self.broken_rule, match="never changes"), board.write() as tx:
            tx.run("UPDATE turn SET state = 'queued' WHERE id = ?", turn)
        with board.write() as tx:
            quests.finish(tx, quests.find(tx, quest), "completed", "s")
        with pytest.raises(self.broken_rule, match="never changes"), board.write() as tx:
            tx.run("UPDATE quest SET status = 'open' WHERE id = ?", quest)

    def test_a_sequence_with_a_gap_is_impossible(self, board: Board) -> None:
        quest = self.quest(board, "w1")
        with board.write() as tx:
            tx.run("UPDATE quest SET next_seq = 5 WHERE id = ?", quest)
        with pytest.raises(self.broken_rule, match="no gaps"):
            self.assign(board, quest, "w1")

    def test_a_turn_for_a_stranger_is_impossible(self, board: Board) -> None:
        quest = self.quest(board, "w1")
        with pytest.raises(self.broken_rule):
            self.assign(board, quest, "w2")

    def test_an_exception_takes_the_whole_transaction_back(self, board: Board) -> None:
        quest = self.quest(board, "w1")

        def fail_halfway() -> None:
            with board.write() as tx:
                turns.assign(tx, quest, "w1", [])
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail_halfway()
        with board.read() as tx:
            assert not tx.exists("SELECT * FROM turn")

    def test_a_view_is_consistent_while_others_write(self, board: Board) -> None:
        quest = self.quest(board, "w1")
        with board.read() as tx:
            assert quests.live_turns(tx, quest) == []
            self.assign(board, quest, "w1")
            assert quests.live_turns(tx, quest) == []


class TestSqlite(Contract):
    broken_rule = sqlite3.IntegrityError

    @pytest.fixture
    def board(self, tmp_path: Path, clock: Clock) -> Iterator[Board]:
        board = SqliteBoard(str(tmp_path / "quests.db"), clock=clock, lease=LEASE)
        board.create()
        yield board
        board.close()


class TestPostgres(Contract):
    broken_rule = psycopg.IntegrityError

    @pytest.fixture
    def board(self, postgres: PostgresServer, clock: Clock) -> Iterator[Board]:
        with postgres.board_database() as name:
            board = PostgresBoard(postgres.url(name), clock=clock, lease=LEASE)
            yield board
            board.close()

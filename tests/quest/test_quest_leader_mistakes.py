"""What leaders do by mistake, on both engines."""

from __future__ import annotations

import time
from typing import Any

import pytest

from acolytes_quest.board.waiting import TurnTaken, Worker
from acolytes_quest.errors import RefusalError
from acolytes_quest.stores.engine import Board
from quest_desk import Desk
from quest_support import Clock

LEADER = ("monitor", "--role", "leader", "--quest", 1, "--timeout", 0)
COMPLETE = ("complete", "--quest", 1, "--summary", "s")


@pytest.fixture
def desk(each_board: Board) -> Desk:
    desk = Desk(each_board)
    desk.do("create", "--mission", "m", "--agents", "w1,w2,w3")
    return desk


def send(desk: Desk, to: str, *words: object) -> Any:
    return desk.do("message", "--quest", 1, "--to", to, "--msg", "do it", *words)


def take(desk: Desk, session: str = "s1", agent: str = "w1") -> Any:
    return desk.do("monitor", "--role", "worker", "--agent", agent, "--as", session, "--timeout", 0)


class TestNothingAnswered:
    """A quest in which nothing was answered is no success."""

    def test_it_is_not_completed(self, desk: Desk) -> None:
        send(desk, "w1")
        send(desk, "w2", "--after", 1)
        desk.do("cancel", "--quest", 1, "--turn", 1)
        desk.do(*LEADER)
        wrong = (
            r"no turn of quest 1 was answered \(2 cancelled\): end it by acolytes-quest fail --quest 1, or add --force"
        )
        with pytest.raises(RefusalError, match=wrong):
            desk.do(*COMPLETE)
        send(desk, "w1")
        with pytest.raises(RefusalError, match=r"unanswered turns: 3 \(w1, queued\); wait"):
            desk.do(*COMPLETE)
        take(desk)
        desk.do(
            "respond", "--quest", 1, "--msg", "BLOCKED: no tool", "--as", "s1"
        )  # an answer, also once it is dropped
        desk.do(*LEADER)
        desk.do("cancel", "--quest", 1, "--turn", 3)
        assert desk.do(*COMPLETE)["status"] == "completed"

    @pytest.mark.parametrize("end", [["complete", "--force"], ["complete", "--result", "failed"], ["fail"], ["cancel"]])
    def test_it_ends_otherwise(self, desk: Desk, end: list[str]) -> None:
        send(desk, "w1")
        desk.do("cancel", "--quest", 1, "--turn", 1)
        assert desk.do(*end, "--quest", 1, "--summary", "s")["repeated"] is False

    def test_a_quest_without_turns_is_completed(self, desk: Desk) -> None:
        assert desk.do(*COMPLETE)["status"] == "completed"


class TestCase:
    """A quest has no two names that a reader takes for one."""

    @pytest.mark.parametrize(
        ("words", "both"),
        [
            (("--agents", "anna,ben,Anna"), "anna and Anna"),
            (("--agents", "Leader"), "leader and Leader"),
            (("--agents", "w1,boss", "--leader", "Boss"), "Boss and boss"),
        ],
    )
    def test_a_quest_does_not_begin_with_them(self, desk: Desk, words: tuple[str, ...], both: str) -> None:
        with pytest.raises(RefusalError, match=f"{both} differ only in upper and lower case"):
            desk.do("create", "--mission", "m", *words)
        assert [quest["quest"] for quest in desk.do("list")["quests"]] == [1]

    def test_none_joins(self, desk: Desk) -> None:
        for names in ("W1", "LEADER", "x,X"):
            with pytest.raises(RefusalError, match="differ only in upper and lower case"):
                desk.do("add-member", "--quest", 1, "--agents", names)
        assert desk.do("add-member", "--quest", 1, "--agents", "w1,x")["added"] == ["x"]

    def test_two_quests_are_independent(self, desk: Desk) -> None:
        assert desk.do("create", "--mission", "m", "--agents", "W1")["quest"] == 2

    def test_nobody_has_a_name_that_is_like_a_word(self, desk: Desk) -> None:
        for name, meaning in (("Any", "'any', which means any worker"), ("ALL", "'all', which means all workers")):
            with pytest.raises(RefusalError, match=f"'{name}' is like {meaning}: give the agent another name"):
                desk.do("create", "--mission", "m", "--agents", name)


class TestAttempts:
    """What a leader takes back is no attempt of the worker; what a worker gives back is one."""

    def test_a_leader_takes_a_turn_back_as_often_as_it_likes(self, desk: Desk) -> None:
        send(desk, "w1")
        send(desk, "w2", "--after", 1)
        for fence in range(1, 5):
            assert (take(desk)["attempt"], take(desk)["fence"]) == (1, fence)
            released = desk.do("release", "--quest", 1, "--turn", 1)
            assert (released["state"], released["attempts_left"]) == ("queued", 3)
        assert [turn["state"] for turn in desk.do("status", "--quest", 1)["turns"]] == ["queued", "blocked"]
        assert desk.do("log", "--quest", 1)["events"][-1]["detail"] == "by the leader"
        assert desk.do("check")["healthy"]

    def test_a_worker_reads_when_the_next_time_is_the_last(self, desk: Desk) -> None:
        for after in (), ("--after", 1), ("--after", 2):
            send(desk, "w1", *after)
        ends = []
        for session in ("s1", "s2", "s3"):
            take(desk, session)
            ends.append(desk.read("release", "--quest", 1, "--as", session).strip())
        ended = "attempts ended without an answer"
        assert ends == [
            "turn 1 for w1 is queued",
            f"turn 1 for w1 is queued: 2 {ended}, and if the next one does, it is dead",
            f"turn 1 for w1 is dead: 3 {ended}",
        ]
        news = desk.do(*LEADER)["messages"]
        assert news[0]["text"] == (
            f"turn 1 for w1 is dead: 3 {ended}; turns 2 and 3 that depended on it are cancelled. Assign the work again,"
            " or go on without it."
        )
        assert len(news) == 3
        assert desk.do("check")["healthy"]

    def test_the_leader_hears_of_each_time_that_nobody_takes_the_turn(self, desk: Desk, clock: Clock) -> None:
        send(desk, "w1")
        heard = []
        for _ in range(2):
            clock.seconds += 3600
            heard += [row["text"] for row in desk.do(*LEADER[:-1], 5)["messages"]]
            take(desk)
            desk.do("release", "--quest", 1, "--turn", 1)
        assert heard == ["turn 1 waits for w1, and no w1 is listening in /: start one"] * 2


class TestLeadersWork:
    """A session takes no turn of a quest that it leads: it would answer itself, and accept its own answer."""

    def test_it_is_refused_with_and_without_the_quest(self, desk: Desk) -> None:
        led = desk.do("create", "--mission", "m", "--agents", "w1,w4", "--msg", "x", "--as", "solo")
        turn = led["turns"][0]["turn"]
        for words in ((), ("--quest", led["quest"]), ("--turn", turn)):
            with pytest.raises(RefusalError, match="this session leads quest 2, so it cannot take its turns as w1"):
                desk.do("monitor", "--role", "worker", "--agent", "w1", "--as", "solo", "--timeout", 0, *words)
        desk.do("handover", "--quest", 2, "--to", "other", "--as", "solo")
        desk.do("handover", "--quest", 2, "--to", "solo", "--as", "other")  # it has not become a worker
        assert take(desk, "s1")["turn"] == turn

    def test_it_works_in_another_quest(self, desk: Desk) -> None:
        send(desk, "w1")
        desk.do("create", "--mission", "m", "--agents", "w1", "--msg", "x", "--as", "solo")
        work = ("monitor", "--role", "worker", "--agent", "w1", "--as", "solo", "--timeout", 0, "--quest", 1)
        assert desk.do(*work)["quest"] == 1
        desk.do("respond", "--quest", 1, "--msg", "Completed: x", "--as", "solo")
        assert desk.do(*work)["status"] == "timeout"

    def test_while_it_waits_it_takes_no_turn_of_its_own_quest(self, desk: Desk, each_board: Board) -> None:
        take(desk, "s1")
        desk.do("create", "--mission", "m", "--agents", "w1", "--msg", "x", "--anywhere", "--as", "s1")
        for session, quest in (("s1", None), ("s2", 2)):
            worker = Worker(each_board, agent="w1", session=session, quest=None, tree="/")
            found = worker.wait(time.monotonic())
            assert (found.turn.quest if isinstance(found, TurnTaken) else None) == quest

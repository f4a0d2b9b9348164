"""What waits for a question, on both engines: it goes on after the reply, and ends if the question is dropped.

The work of a question is done again by the reply, as the work of a turn that was sent back is by a new turn.
"""

from __future__ import annotations

from typing import Any

import pytest

from acolytes_quest.errors import RefusalError
from acolytes_quest.stores.engine import Board
from quest_desk import Desk

WORKERS = {"s1": "w1", "s2": "w2", "s3": "w3"}


@pytest.fixture
def desk(each_board: Board) -> Desk:
    desk = Desk(each_board)
    desk.do("create", "--mission", "m", "--agents", "w1,w2,w3")
    return desk


def send(desk: Desk, to: str, *words: object) -> Any:
    return desk.do("message", "--quest", 1, "--to", to, "--msg", "do it", *words)


def take(desk: Desk, session: str) -> Any:
    return desk.do("monitor", "--role", "worker", "--agent", WORKERS[session], "--as", session, "--timeout", 0)


def answer(desk: Desk, session: str, text: str = "Completed: x") -> Any:
    """Take a turn, if none is in hand, and answer it."""
    take(desk, session)
    return desk.do("respond", "--quest", 1, "--msg", text, "--as", session)


def states(desk: Desk) -> list[str]:
    return [turn["state"] for turn in desk.do("status", "--quest", 1)["turns"]]


def after(desk: Desk) -> list[list[int]]:
    return [turn["after"] for turn in desk.do("status", "--quest", 1)["turns"]]


def ask(desk: Desk, *words: object, text: str = "CLARIFICATION: which?") -> None:
    """Turn 1 of w1 is answered by a question; turn 2 of w2 depends on it, and turn 3 of w3 on turn 2."""
    send(desk, "w1", *words)
    send(desk, "w2", "--after", 1)
    send(desk, "w3", "--after", 2)
    answer(desk, "s1", text)


@pytest.mark.parametrize("text", ["BLOCKED: no data", "CLARIFICATION: which?"])
def test_what_depends_on_a_question_waits_for_the_reply_and_goes_on_after_it(desk: Desk, text: str) -> None:
    ask(desk, text=text)
    assert states(desk) == ["done", "blocked", "blocked"]
    assert desk.do("check")["healthy"]
    sent = send(desk, "w1", "--answers", 1)
    assert (sent["replied"], sent["moved"]) == ([1], [2])
    assert after(desk) == [[], [4], [2], []]
    assert (task := take(desk, "s1"))["about"] == 1
    assert "--since 0" in task["next"]["conversation"]
    answer(desk, "s1")
    assert states(desk) == ["done", "queued", "blocked", "done"]
    answer(desk, "s2")
    assert states(desk)[2] == "queued"
    assert desk.do("check")["healthy"]


def test_what_depends_on_another_turn_too_does_not_start_before_the_reply(desk: Desk) -> None:
    send(desk, "w1")
    send(desk, "w2")
    send(desk, "w3", "--after", "1,2")
    answer(desk, "s1", "BLOCKED: no data")
    answer(desk, "s2")
    assert states(desk) == ["done", "done", "blocked"]
    send(desk, "w1", "--answers", 1)
    assert states(desk)[2] == "blocked"
    answer(desk, "s1")
    assert states(desk)[2] == "queued"


def test_what_depends_on_a_question_is_cancelled_when_the_question_is_dropped(desk: Desk) -> None:
    ask(desk)
    drop = ("cancel", "--quest", 1, "--turn", 1)
    assert desk.read(*drop) == "turn 1 is dropped: it gets no reply; turns 2 and 3 that depended on it are cancelled"
    assert desk.do(*drop)["repeated"] is True
    assert states(desk) == ["done", "cancelled", "cancelled"]
    news = desk.do("monitor", "--role", "leader", "--timeout", 0)["messages"]
    assert [row["turn"] for row in news] == [1, 2, 3]
    with pytest.raises(RefusalError, match="--after 1: that turn was dropped"):
        send(desk, "w2", "--after", 1)
    assert desk.do("check")["healthy"]


def test_a_reply_to_several_workers_is_done_when_all_of_them_are(desk: Desk) -> None:
    ask(desk)
    send(desk, "w1,w2", "--answers", 1)
    assert after(desk)[1] == [4, 5]
    answer(desk, "s1")
    assert states(desk)[1] == "blocked"
    answer(desk, "s2")
    assert states(desk)[1] == "queued"


def test_a_reply_without_answers_takes_over_what_depends_on_the_question(desk: Desk) -> None:
    ask(desk)
    desk.do("monitor", "--role", "leader", "--timeout", 0)
    assert send(desk, "w1")["moved"] == [2]


def test_a_turn_can_be_assigned_after_a_question_and_waits_for_its_reply(desk: Desk) -> None:
    send(desk, "w1")
    answer(desk, "s1", "BLOCKED: no data")
    send(desk, "w2", "--after", 1)
    assert states(desk) == ["done", "blocked"]
    assert send(desk, "w1", "--answers", 1)["moved"] == [2]
    with pytest.raises(RefusalError, match="--after 1: that turn was a question, and has its reply; turn 3 does its"):
        send(desk, "w2", "--after", 1)


@pytest.mark.parametrize("late", [1, 2, 3])
def test_a_reply_cannot_wait_for_what_waits_for_it(desk: Desk, late: int) -> None:
    """Else they would wait for each other for ever. Without --answers such a turn is no reply."""
    ask(desk)
    desk.do("monitor", "--role", "leader", "--timeout", 0)
    with pytest.raises(RefusalError, match=f"--after {late}: that turn waits for this reply to turn 1"):
        send(desk, "w1", "--answers", 1, "--after", late)
    sent = send(desk, "w1", "--after", late)
    assert (sent["replied"], sent["undecided"]) == ([], [1])
    send(desk, "w1", "--answers", 1)
    for session in ("s1", "s2", "s3", "s1"):
        answer(desk, session)
    assert states(desk) == ["done"] * 5


def test_the_reply_to_a_question_has_its_review_and_its_reviewer(desk: Desk) -> None:
    send(desk, "w1", "--review")
    send(desk, "w2", "--reviews", 1)
    send(desk, "w3", "--after", 1)
    answer(desk, "s1", "CLARIFICATION: which?")
    assert states(desk) == ["done", "blocked", "blocked"]
    send(desk, "w1", "--answers", 1)
    answer(desk, "s1")
    assert states(desk) == ["done", "queued", "blocked", "done"]
    assert take(desk, "s2")["about"] == 4
    desk.do("review", "--quest", 1, "--turn", 4, "--accept", "--as", "s2")
    assert states(desk)[2] == "queued"


def test_the_reply_to_a_reviewer_is_a_review_again(desk: Desk) -> None:
    send(desk, "w1", "--review")
    send(desk, "w2", "--reviews", 1)
    answer(desk, "s1")
    answer(desk, "s2", "CLARIFICATION: how long may it be?")
    with pytest.raises(RefusalError, match="--to any cannot review"):
        send(desk, "any", "--answers", 2)
    send(desk, "w2", "--answers", 2)
    task = take(desk, "s2")
    assert (task["turn"], task["kind"], task["about"]) == (3, "review", 1)
    desk.do("review", "--quest", 1, "--turn", 1, "--accept", "--as", "s2")
    assert desk.do("check")["healthy"]


class TestNextVersion:
    """Who has reviewed a version reviews the next one."""

    def version(self, desk: Desk, turn: int) -> None:
        answer(desk, "s1")
        task = take(desk, "s2")
        assert (task["kind"], task["about"]) == ("review", turn)

    def test_a_reviewer_sees_the_version_that_it_asked_for(self, desk: Desk) -> None:
        send(desk, "w1", "--review")
        desk.do("message", "--quest", 1, "--to", "w2", "--reviews", 1, "--msg", "look for units")
        send(desk, "w3", "--after", 1)
        self.version(desk, 1)
        back = desk.do("review", "--quest", 1, "--turn", 1, "--change", "shorter", "--as", "s2")
        assert (back["new_turn"], back["reviewer"]) == (4, "w2")
        assert states(desk) == ["done", "done", "blocked", "queued", "blocked"]
        self.version(desk, 4)
        task = take(desk, "s2")["message"]
        assert task["text"] == (
            "Review turn 4, which does the work of turn 1 again. Message 6 says what had to change, message 2 what to"
            " check."
        )
        assert desk.do("conversation", "--quest", 1)["messages"][1]["text"] == "look for units"
        assert desk.do("monitor", "--role", "leader", "--timeout", 0)["to_review"] == []
        desk.do("review", "--quest", 1, "--turn", 4, "--accept", "--as", "s2")
        assert states(desk)[2] == "queued"
        assert desk.do("check")["healthy"]

    def test_the_reviewer_stays_when_the_leader_sends_back_before_it(self, desk: Desk) -> None:
        send(desk, "w1", "--review")
        send(desk, "w2", "--reviews", 1)
        answer(desk, "s1")
        assert desk.do("review", "--quest", 1, "--turn", 1, "--change", "shorter")["reviewer"] == "w2"
        self.version(desk, 3)

    def test_the_leader_reviews_again_what_it_has_reviewed_alone(self, desk: Desk) -> None:
        send(desk, "w1", "--review")
        answer(desk, "s1")
        assert desk.do("review", "--quest", 1, "--turn", 1, "--change", "shorter")["reviewer"] is None
        assert states(desk) == ["done", "queued"]

    def test_after_three_send_backs_the_review_is_the_leaders(self, desk: Desk) -> None:
        send(desk, "w1", "--review")
        send(desk, "w2", "--reviews", 1)
        reviewers, turn = [], 1
        for _ in range(3):
            self.version(desk, turn)
            back = desk.do("review", "--quest", 1, "--turn", turn, "--change", "shorter", "--as", "s2")
            reviewers.append(back["reviewer"])
            turn = back["new_turn"]
        assert reviewers == ["w2", "w2", None]
        answer(desk, "s1")
        news = desk.do("monitor", "--role", "leader", "--timeout", 0)
        assert (news["to_review"], news["for_a_person"]) == ([turn], [turn])

    def test_a_reply_is_no_send_back(self, desk: Desk) -> None:
        send(desk, "w1", "--review")
        turn = 1
        for _ in range(4):
            answer(desk, "s1", "CLARIFICATION: which?")
            turn = send(desk, "w1", "--answers", turn)["messages"][0]["turn"]
        answer(desk, "s1")
        assert desk.do("review", "--quest", 1, "--turn", turn, "--change", "shorter")["sent_back"] == 1

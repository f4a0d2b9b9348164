"""What leaders do by mistake, on both engines."""

from __future__ import annotations

from typing import Any

import pytest

from acolytes_quest.errors import RefusalError
from acolytes_quest.stores.engine import Board
from quest_desk import Desk

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

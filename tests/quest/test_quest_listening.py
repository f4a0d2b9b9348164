"""A turn has a listener only if that process can take it, on both engines: else the leader is told to start one."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import pytest

from acolytes_quest.board import listening, quests
from acolytes_quest.board.rows import Turn
from acolytes_quest.board.waiting import Leader
from acolytes_quest.board.wanted import Wanted
from acolytes_quest.stores.engine import Board
from quest_desk import Desk
from quest_support import Clock

TREE = "/srv/shop"

# How a worker w1 waits, and which of the turns below it can take: 1 for w1 and 2 for any, of a quest of the tree; 3 for
# w1 and 4 for any, of a quest of all trees.
WAITS = {
    "here": (Wanted("w1", tree=TREE), {1, 3}),
    "here, any": (Wanted("w1", tree=TREE, any_worker=True), {1, 2, 3, 4}),
    "elsewhere": (Wanted("w1", tree="/srv/other"), {3}),
    "elsewhere, any": (Wanted("w1", tree="/srv/other", any_worker=True), {3, 4}),
    "all trees": (Wanted("w1"), {1, 3}),
    "one quest": (Wanted("w1", quest=1), {1}),
    "one quest, any": (Wanted("w1", quest=1, any_worker=True), {1, 2}),
    "the other quest": (Wanted("w1", quest=2, any_worker=True), {3, 4}),
    "one turn": (Wanted("w1", turn=1, any_worker=True), {1}),
    "one turn for any": (Wanted("w1", turn=4, any_worker=True), {4}),
    "another worker": (Wanted("w2", tree=TREE, any_worker=True), {2, 4}),
    "no member": (Wanted("w9", tree=TREE, any_worker=True), set()),
}


@pytest.fixture
def desk(each_board: Board, clock: Clock) -> Desk:
    each_board.create()
    desk = Desk(each_board)
    with each_board.write() as tx:
        for tree in (TREE, None):
            quests.create(
                tx,
                mission="m",
                agents=["w1", "w2"],
                leader="boss",
                mode="parallel",
                phase=None,
                session=None,
                tree=tree,
            )
    for quest in (1, 2):
        for to in ("w1", "any"):
            desk.do("message", "--quest", quest, "--to", to, "--msg", "x")
    clock.seconds += 60
    return desk


@contextlib.contextmanager
def waiting(board: Board, wanted: Wanted) -> Iterator[None]:
    assert wanted.agent is not None
    with board.listen(wanted.agent, listening.of_worker(wanted)):
        yield


def reported(board: Board, quest: int) -> dict[int | None, str]:
    """Return what the leader is told of turns that nobody listens for."""
    with board.read() as tx:
        row = quests.find(tx, quest)
    Leader(board, led=[row], reader="boss").wait(time.monotonic() + 0.2)
    with board.read() as tx:
        sql = "SELECT turn, text FROM message WHERE kind = 'system' AND quest = ?"
        return dict(tx.tuples(sql, quest))


@pytest.mark.parametrize("how", WAITS)
def test_a_turn_without_a_process_that_can_take_it_is_reported(desk: Desk, how: str) -> None:
    wanted, takes = WAITS[how]
    with waiting(desk.board, wanted):
        told = {**reported(desk.board, 1), **reported(desk.board, 2)}
    assert {1, 2, 3, 4} - set(told) == takes
    with desk.board.read() as tx:
        free, values = wanted.free()
        sql = f"SELECT t.* FROM turn t JOIN quest q ON q.id = t.quest WHERE {free}"
        assert {turn.id for turn in tx.rows(Turn, sql, *values)} == takes, "what it would really take"


def test_the_leader_is_told_where_to_start_a_worker(desk: Desk) -> None:
    assert [*reported(desk.board, 1).values(), *reported(desk.board, 2).values()] == [
        "turn 1 waits for w1, and no w1 is listening in /srv/shop: start one",
        "turn 2 waits for any worker, and none is listening in /srv/shop with --any: start one",
        "turn 3 waits for w1, and no w1 is listening: start one",
        "turn 4 waits for any worker, and none is listening with --any: start one",
    ]


def test_watch_says_who_waits_for_turns_of_a_quest(desk: Desk) -> None:
    def listens() -> list[bool]:
        views = sorted(desk.do("watch")["quests"], key=lambda view: int(view["quest"]))
        return [member["listens"] for view in views for member in view["members"] if member["agent"] == "w1"]

    for how, expected in (
        ("here", [True, True]),
        ("elsewhere", [False, True]),
        ("one quest", [True, False]),
        ("one turn for any", [False, True]),
    ):
        with waiting(desk.board, WAITS[how][0]):
            assert listens() == expected, how


def test_watch_says_whose_leader_waits(desk: Desk) -> None:
    with desk.board.listen("boss", listening.of_leader([2])):
        leads = {
            view["quest"]: member["listens"]
            for view in desk.do("watch")["quests"]
            for member in view["members"]
            if member["role"] == "leader"
        }
    assert leads == {1: False, 2: True}


def test_the_name_of_a_bell_has_an_end(desk: Desk) -> None:
    """However many quests somebody leads, the name of the file is short enough."""
    with desk.board.listen("b" * 64, listening.of_leader(range(10**9, 10**9 + 100))) as listener:
        assert listener.listening()("b" * 64, ["lead1000000099"]) is True

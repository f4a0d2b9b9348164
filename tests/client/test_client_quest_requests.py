"""One turn of one worker: at most four model requests of each side, and no question to the person."""

from __future__ import annotations

import time

import pytest

from acolytes_cc.doctor.messages import ModelAnswer, ModelRequest, Text
from client_conversation import conversation
from client_quest import COORDINATOR, FOREIGN, WORKER, Way, add_foreign_agent, after, agent, bash, quest_of_one_turn
from client_user import User

pytestmark = pytest.mark.client

MOST_REQUESTS = 4
WAYS = (
    Way("main", WORKER, asks=False),
    Way("main", FOREIGN),
    Way("main", WORKER, terminal=True),
    Way(COORDINATOR, WORKER),
    Way(COORDINATOR, FOREIGN, in_background=True),
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.label)
def test_a_turn_costs_little_and_asks_nobody(installed: User, way: Way) -> None:
    add_foreign_agent(installed)
    with quest_of_one_turn(installed, way, thinking=0.5) as session:
        time.sleep(2)  # a notice of the client may still come
        assert session.questions == []
        leader = session.of(way.leading_role)
        assert len(leader) <= MOST_REQUESTS
        assert len(session.of("worker")) <= MOST_REQUESTS
    # it had ended its turn, and the very next request carried the answer: a leader that is a subagent waits in its hook
    assert "ANSWER-ONE" not in leader[1].everything
    assert "Completed: ANSWER-ONE" in leader[2].newest


def test_a_subagent_that_leads_waits_as_often_as_it_must(installed: User) -> None:
    waits: list[str] = []

    def lead(request: ModelRequest) -> ModelAnswer:
        if request.step == 0:
            return bash("acolytes-quest create --mission m --agents w --msg 'TASK-ONE'")
        if "Nothing yet" in request.newest:
            waits.append(request.newest)
        if "Nothing yet" in request.newest and len(waits) == 2:
            installed.quest("monitor", "--role", "worker", "--agent", "w", "--as", "w-1")
            installed.quest("respond", "--quest", "1", "--msg", "Completed: ANSWER-ONE", "--as", "w-1")
        if "ANSWER-ONE" in request.newest:
            return bash("acolytes-quest complete --quest 1 --summary 'It is sized'")
        return Text("LEADER-REPORT" if "quest 1 is completed" in request.newest else "Waiting.")

    roles = {"leader": (installed.is_agent(COORDINATOR), lead)}
    main = after(0.0, agent(COORDINATOR, "Lead it.", background=False), Text("Done."))
    with conversation(installed, main, roles, variables={"ACOLYTES_QUEST_WAIT": "1"}) as session:
        session.say("Size the shop")
        session.request_with("LEADER-REPORT")
        assert "ANSWER-ONE" in session.of("leader")[-2].newest
    assert len(waits) == 2

"""One turn of one worker: at most four model requests of each side, and no question to the person."""

from __future__ import annotations

import time

import pytest

from client_quest import COORDINATOR, FOREIGN, WORKER, Way, add_foreign_agent, quest_of_one_turn
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

"""An idle leader hears of an answer: the real client wakes it, without a request in between."""

from __future__ import annotations

import time

import pytest

from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import ModelAnswer, ModelRequest, Text, ToolUse
from client_conversation import PATIENCE, conversation
from client_user import User

pytestmark = pytest.mark.client


def bash(command: str) -> ToolUse:
    return ToolUse("Bash", {"command": command, "description": "quest"})


def lead(request: ModelRequest) -> ModelAnswer:
    """Create a quest, assign a turn, and end the turn of the conversation; after news, only say so."""
    steps = ["create --mission Size --agents w", "message --quest 1 --to w --msg 'Size it'"]
    if request.step < len(steps):
        return bash(f"acolytes-quest {steps[request.step]}")
    return Text("waiting")


def worker(user: User, *words: str) -> str:
    return user.quest(*words, "--as", "w-1")


def test_the_next_request_of_an_idle_leader_carries_the_answer(installed: User) -> None:
    with conversation(installed, lead) as leader:
        leader.say("Plan the sale")
        leader.request_with("turn 1 for w is queued")
        worker(installed, "monitor", "--role", "worker", "--agent", "w")
        time.sleep(2)
        before = len(leader.requests)
        answered = time.monotonic()
        worker(installed, "respond", "--quest", "1", "--msg", "Completed: ANSWER-ONE")
        place, at = leader.request_with("ANSWER-ONE")
        assert place == before  # no request in between
        assert at - answered < 10  # bench/quest_push.py measures it; a busy machine runs this test
        leader.say("And you?")  # the next turn waits for nothing
        leader.request_with("And you?")


def test_an_answer_that_came_before_the_leader_was_idle_wakes_it_too(installed: User) -> None:
    def answered_meanwhile(request: ModelRequest) -> ModelAnswer:
        if request.step == 2:
            worker(installed, "monitor", "--role", "worker", "--agent", "w")
            worker(installed, "respond", "--quest", "1", "--msg", "Completed: ANSWER-ONE")
        return lead(request)

    with conversation(installed, answered_meanwhile) as leader:
        leader.say("Plan the sale")
        place, _ = leader.request_with("ANSWER-ONE")
        assert place == 3


def test_a_person_can_write_while_the_leader_waits(installed: User) -> None:
    with conversation(installed, lead) as leader:
        leader.say("Plan the sale")
        leader.request_with("turn 1 for w is queued")
        worker(installed, "monitor", "--role", "worker", "--agent", "w")
        time.sleep(1)
        leader.say("Still there?")
        place, _ = leader.request_with("Still there?")
        assert "ANSWER" not in leader.requests[place][1].newest
        worker(installed, "respond", "--quest", "1", "--msg", "BLOCKED: ANSWER-TWO")
        leader.request_with("ANSWER-TWO")


def test_a_session_that_leads_nothing_ends_at_once(installed: User) -> None:
    worker(installed, "create", "--mission", "m", "--agents", "w")
    start = time.monotonic()
    with LoopbackModel([Role("main", lambda _: True, [Text("hello")])]) as model:
        run = installed.ask(model, "hi")
    assert run.result["result"] == "hello"
    assert time.monotonic() - start < PATIENCE

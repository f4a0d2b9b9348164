"""An idle leader hears of an answer: the real client wakes it, without a request in between."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import pytest

from acolytes_cc.doctor.client_run import environment
from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import ModelAnswer, ModelRequest, Step, Text, ToolUse
from client_user import User, user_path

pytestmark = pytest.mark.client

PATIENCE = 60


def bash(command: str) -> ToolUse:
    return ToolUse("Bash", {"command": command, "description": "quest"})


class Conversation:
    """A session of the client, to which a person can write at any time, and the timed requests of its model."""

    def __init__(self, stdin: IO[str], requests: list[tuple[float, ModelRequest]]) -> None:
        self._stdin = stdin
        self.requests = requests

    def say(self, text: str) -> None:
        message = {"type": "user", "message": {"role": "user", "content": text}}
        self._stdin.write(json.dumps(message) + "\n")
        self._stdin.flush()

    def request_with(self, text: str) -> tuple[int, float]:
        """Wait for the first request whose news holds this text; return its place and its time."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for place, (at, request) in enumerate(list(self.requests)):
                if text in request.newest:
                    return place, at
            time.sleep(0.01)
        raise AssertionError([request.newest[-300:] for _, request in self.requests])


@contextmanager
def conversation(user: User, answer: Callable[[ModelRequest], ModelAnswer]) -> Iterator[Conversation]:
    requests: list[tuple[float, ModelRequest]] = []

    def step(request: ModelRequest) -> ModelAnswer:
        requests.append((time.monotonic(), request))
        return answer(request)

    steps: list[Step] = [step]
    with LoopbackModel([Role("main", lambda _: True, steps)]) as model:
        env = {**environment(user.home, model.url), "PATH": user_path()}
        words = ["-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose"]
        with subprocess.Popen(
            [str(user.client), *words],
            cwd=user.project,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            assert process.stdin
            assert process.stdout
            threading.Thread(target=process.stdout.read, daemon=True).start()
            try:
                yield Conversation(process.stdin, requests)
            finally:
                process.kill()


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

"""A session of the real client that stays open: a person can write to it at any time."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from acolytes_cc.doctor.client_run import environment
from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import ModelAnswer, ModelRequest, Step
from client_user import User, user_path

PATIENCE = 60


class Conversation:
    """A session of the client, to which a person can write at any time, and the timed requests of its model."""

    def __init__(self, stdin: IO[str], requests: list[tuple[float, ModelRequest]], client: int) -> None:
        self.client = client
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
                yield Conversation(process.stdin, requests, process.pid)
            finally:
                process.kill()

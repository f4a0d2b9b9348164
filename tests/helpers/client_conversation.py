"""A session of the real client that stays open: a person can write to it at any time, and is asked for permissions."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any

from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import ModelAnswer, ModelRequest, Step
from client_user import User

PATIENCE = 60
# The person answers by the protocol of the streams. Without it, `-p` refuses what needs a permission.
_STREAMS = ("-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose")
_ASKED = ("--permission-prompt-tool", "stdio")
_TERMINAL = ("--permission-mode", "default")
_TERMINAL_READY = b"for shortcuts"


class Conversation:
    """A session of the client, to which a person can write at any time, and the timed requests of its model.

    `questions` are the permissions that the client asked the person for, who gives them. In a terminal nobody answers.
    """

    def __init__(self, client: int, requests: list[tuple[float, ModelRequest]]) -> None:
        self.client = client
        self.requests = requests

    @property
    def questions(self) -> list[str]:
        raise NotImplementedError

    def say(self, text: str) -> None:
        raise NotImplementedError

    def of(self, role: str) -> list[ModelRequest]:
        """Return the requests of one role, oldest first."""
        return [request for _, request in self.requests if request.role == role]

    def request_with(self, text: str, patience: float = PATIENCE) -> tuple[int, float]:
        """Wait for the first request whose news holds this text; return its place and its time."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            for place, (at, request) in enumerate(list(self.requests)):
                if text in request.newest:
                    return place, at
            time.sleep(0.01)
        raise AssertionError([(request.role, request.newest[-300:]) for _, request in self.requests])


class _Streams(Conversation):
    """A session in `-p` mode, in which each line is a message."""

    def __init__(self, process: subprocess.Popen[str], requests: list[tuple[float, ModelRequest]]) -> None:
        super().__init__(process.pid, requests)
        self._asked: list[str] = []
        assert process.stdin
        assert process.stdout
        self._stdin = process.stdin
        threading.Thread(target=self._read, args=[process.stdout], daemon=True).start()

    @property
    def questions(self) -> list[str]:
        return self._asked

    def say(self, text: str) -> None:
        self._send({"type": "user", "message": {"role": "user", "content": text}})

    def _send(self, message: Mapping[str, Any]) -> None:
        self._stdin.write(json.dumps(message) + "\n")
        self._stdin.flush()

    def _read(self, stdout: IO[str]) -> None:
        for line in stdout:
            message = json.loads(line)
            asked = message.get("request") or {}
            if asked.get("subtype") == "can_use_tool":
                self._asked.append(f"{asked.get('tool_name')}: {json.dumps(asked.get('input'))}")
                given = {"behavior": "allow", "updatedInput": asked.get("input")}
                response = {"subtype": "success", "request_id": message["request_id"], "response": given}
                self._send({"type": "control_response", "response": response})


class _Terminal(Conversation):
    """A session in a terminal of its own. It shows a question as a dialog, and waits."""

    def __init__(self, process: subprocess.Popen[str], screen: int, requests: list[tuple[float, ModelRequest]]) -> None:
        super().__init__(process.pid, requests)
        self._screen = screen
        self._shown = b""
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def questions(self) -> list[str]:
        """The places of the screen's history at which a dialog asked, without its spaces and control sequences."""
        plain = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]|\s", b"", self._shown).decode("utf-8", "replace")
        return [plain[max(found.start() - 300, 0) : found.end()] for found in re.finditer("Doyouwantto", plain)]

    def say(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while _TERMINAL_READY not in self._shown and time.monotonic() < deadline:
            time.sleep(0.05)
        os.write(self._screen, text.encode())
        time.sleep(0.5)  # else the line and its end are taken for one pasted text
        os.write(self._screen, b"\r")

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while read := os.read(self._screen, 65536):
                self._shown += read


@contextmanager
def conversation(
    user: User,
    answer: Callable[[ModelRequest], ModelAnswer],
    roles: Mapping[str, tuple[Callable[[ModelRequest], bool], Callable[[ModelRequest], ModelAnswer]]] | None = None,
    *,
    terminal: bool = False,
    asks: bool = False,
    variables: Mapping[str, str] | None = None,
) -> Iterator[Conversation]:
    """Run a session whose main agent gives these answers; `roles` are the other agents: who they are, what they answer.

    With `terminal`, it runs in a terminal and its manual mode; with `asks`, it asks for permissions by its streams.
    """
    requests: list[tuple[float, ModelRequest]] = []

    def timed(answer: Callable[[ModelRequest], ModelAnswer]) -> list[Step]:
        def step(request: ModelRequest) -> ModelAnswer:
            requests.append((time.monotonic(), request))
            return answer(request)

        return [step]

    others = [Role(name, matches, timed(answers)) for name, (matches, answers) in (roles or {}).items()]
    with LoopbackModel([*others, Role("main", lambda _: True, timed(answer))]) as model:
        env = {**user.client_environ(model.url), **(variables or {})}
        run = _in_terminal if terminal else _by_streams
        with run(user, env, _ASKED if asks else (), requests) as opened:
            yield opened


@contextmanager
def _by_streams(
    user: User, env: Mapping[str, str], words: Sequence[str], requests: list[tuple[float, ModelRequest]]
) -> Iterator[Conversation]:
    with subprocess.Popen(
        [str(user.client), *_STREAMS, *words],
        cwd=user.project,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield _Streams(process, requests)
        finally:
            process.kill()


@contextmanager
def _in_terminal(
    user: User, env: Mapping[str, str], words: Sequence[str], requests: list[tuple[float, ModelRequest]]
) -> Iterator[Conversation]:
    _accept_dialogs(user)
    screen, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
    process = subprocess.Popen(
        [str(user.client), *_TERMINAL, *words],
        cwd=user.project,
        env={**env, "TERM": "xterm-256color"},
        stdin=other,
        stdout=other,
        stderr=other,
        start_new_session=True,
        text=True,
    )
    os.close(other)
    try:
        yield _Terminal(process, screen, requests)
    finally:
        process.kill()
        process.wait()
        os.close(screen)


def _accept_dialogs(user: User) -> None:
    """Note in the client's state what a person accepts when the client runs for the first time."""
    path = user.home / ".claude.json"
    state = json.loads(path.read_text("utf-8")) if path.exists() else {}
    accepted = {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}
    state |= {
        "hasCompletedOnboarding": True,
        "customApiKeyResponses": {"approved": ["loopback"], "rejected": []},
        "projects": {str(user.project): accepted},
    }
    path.write_text(json.dumps(state), "utf-8")

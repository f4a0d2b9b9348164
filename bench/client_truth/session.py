"""A session of several turns with one process of the real client: a turn takes a tenth of the time of a start."""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from bench.client_truth.client_run import PATIENCE_SECONDS, running

from acolytes_cc.doctor.client_run import environment
from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import ModelAnswer, ModelRequest, Step, Text

UNLIMITED_LISTING = {"SLASH_COMMAND_TOOL_CHAR_BUDGET": "100000000"}
"""With many skills in one project, the client would leave out descriptions."""


class Turn(NamedTuple):
    """What the user says, and what the model answers; after the last step it says "done"."""

    prompt: str
    steps: Sequence[Step] = ()


@dataclass
class Session:
    """What a session left.

    Attributes:
        requests: For each turn the requests to the model.
        results: For each turn what the client printed at its end.
        start: The client's message about the session: its skills, commands, tools and so on.
        debug: The debug log.
    """

    requests: list[list[ModelRequest]]
    results: list[str] = field(default_factory=list)
    start: Mapping[str, Any] = field(default_factory=dict)
    debug: str = ""


def run_session(
    client: Path,
    project: Path,
    home: Path,
    turns: Sequence[Turn],
    *arguments: str,
    environ: Mapping[str, str] | None = None,
) -> Session:
    """Run the turns one after the other. When the client ends early, later turns have no result."""
    session = Session([[] for _ in turns])
    at = 0

    def answer(request: ModelRequest) -> ModelAnswer:
        steps, number = turns[at].steps, len(session.requests[at])
        session.requests[at].append(request)
        step = steps[number] if number < len(steps) else Text("done")
        return step(request) if callable(step) else step

    with (
        running,
        LoopbackModel([Role("any", lambda _: True, [answer])]) as model,
        tempfile.TemporaryDirectory() as folder,
    ):
        log = Path(folder, "debug.txt")
        command = [str(client), "--debug-file", str(log), "-p", "--verbose", *arguments]
        command += ["--input-format", "stream-json", "--output-format", "stream-json"]
        process = subprocess.Popen(
            command,
            cwd=project,
            env={**environment(home, model.url), **UNLIMITED_LISTING, **(environ or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        watch = threading.Timer(PATIENCE_SECONDS, process.kill)
        watch.start()
        try:
            for at, turn in enumerate(turns):  # noqa: B007 - the model's answers depend on it
                if not _say(process, turn.prompt):
                    break
                session.results.append(_result(process, session))
        finally:
            watch.cancel()
            process.communicate()
        session.debug = log.read_text("utf-8", "replace") if log.exists() else ""
    return session


def _say(process: subprocess.Popen[str], prompt: str) -> bool:
    """Send what the user says; False when the client is gone."""
    message = {"type": "user", "message": {"role": "user", "content": prompt}}
    try:
        print(json.dumps(message), file=process.stdin, flush=True)
    except BrokenPipeError:
        return False
    return process.poll() is None


def _result(process: subprocess.Popen[str], session: Session) -> str:
    """What the client says at the end of the turn; empty when it says nothing."""
    for line in process.stdout or ():
        event = json.loads(line)
        if event["type"] == "system" and event.get("subtype") == "init" and not session.start:
            session.start = event
        if event["type"] == "result":
            return str(event.get("result"))
    return ""


def texts(requests: Iterable[ModelRequest]) -> str:
    """All that the model was sent in some requests."""
    return "\n".join(request.everything for request in requests)

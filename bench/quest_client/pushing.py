"""Push: a leader has ended its turn, an answer comes, and the leader's next request carries it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.figures import Row, percentile
from bench.quest_client.ground import BenchUser, Installations

from acolytes_cc.doctor.messages import ModelAnswer, ModelRequest, Text
from client_conversation import conversation
from client_quest import WORKER, bash

MOST_SECONDS = 1.0
_IDLE_SECONDS = 0.7  # until the leader is idle, and its hook waits


def measure(installations: Installations, runs: int) -> Iterator[Row]:
    """Yield p50 and p95 from the start of the command that answers, and the requests in between."""
    for terminal in (False, True):
        with installations.user() as user:
            times, between = _run(user, runs, terminal=terminal)
        how = "terminal" if terminal else "-p"
        yield from [
            Row("push", f"p50 of {runs}, {how}", percentile(times, 50), "s"),
            Row("push", f"p95 of {runs}, {how}", percentile(times, 95), "s", MOST_SECONDS),
            Row("push", f"worst of {runs}, {how}", max(times), "s"),
            Row("push", f"requests in between, {how}", between, "requests", 0),
        ]


def _run(user: BenchUser, runs: int, *, terminal: bool) -> tuple[list[float], int]:
    def lead(request: ModelRequest) -> ModelAnswer:
        """Assign the turn that the person wants; end the turn; after the answer, end the quest."""
        text = request.newest
        for number in range(runs, 0, -1):
            if f"Completed: ANSWER-{number}." in text:
                return bash(f"acolytes-quest complete --quest {number} --summary done")
            if f"RUN-{number}." in text:
                return bash(f"acolytes-quest create --mission m --agents {WORKER} --msg 'TASK-{number}'")
        return Text("Waiting.")

    times: list[float] = []
    between = 0
    with conversation(user, lead, terminal=terminal) as leader:
        for number in range(1, runs + 1):
            leader.say(f"RUN-{number}.")
            leader.request_with(f"turn {number} for {WORKER} is queued")
            user.quest("monitor", "--role", "worker", "--agent", WORKER, "--as", f"w-{number}")
            time.sleep(_IDLE_SECONDS)
            before = len(leader.requests)
            answered = time.monotonic()
            user.quest(
                "respond", "--quest", str(number), "--msg", f"Completed: ANSWER-{number}.", "--as", f"w-{number}"
            )
            place, at = leader.request_with(f"Completed: ANSWER-{number}.")
            times.append(at - answered)
            between += place - before
            leader.request_with(f"quest {number} is completed")
            time.sleep(_IDLE_SECONDS)
    return times, between

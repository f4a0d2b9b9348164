"""A worker's client that is killed, and a worker that is written to while it works."""

from __future__ import annotations

import os
import signal
import statistics
import time

from bench.figures import Row
from bench.quest_client.ground import BenchUser, Installations

from acolytes_cc.doctor.messages import ModelAnswer, ModelRequest, Text
from client_conversation import conversation
from client_quest import WORKER, bash

MOST_SECONDS = 60.0


def killed(installations: Installations, runs: int) -> list[Row]:
    """Return how long after a kill -9 of its client a turn is taken by a worker that waits already."""
    times = []
    for _ in range(runs):
        with installations.user() as user:
            times.append(_kill(user))
    return [
        Row("killed", f"its turn is taken by another, median of {runs}", statistics.median(times), "s"),
        Row("killed", f"its turn is taken by another, worst of {runs}", max(times), "s", MOST_SECONDS),
    ]


def _kill(user: BenchUser) -> float:
    user.quest("create", "--mission", "m", "--agents", WORKER, "--msg", "TASK-ONE")

    def work(request: ModelRequest) -> ModelAnswer:
        if request.step == 0:
            return bash(f"acolytes-quest monitor --role worker --agent {WORKER}")
        time.sleep(MOST_SECONDS)
        return Text("never")

    with conversation(user, work) as worker:
        worker.say("Work")
        worker.request_with("TASK-ONE")
        other = user.start("monitor", "--role", "worker", "--agent", WORKER, "--as", "w-2", "--timeout", "90")
        time.sleep(1)
        os.kill(worker.client, signal.SIGKILL)
        start = time.monotonic()
        printed, _ = other.communicate(timeout=120)
        if "attempt 2 of 3" not in printed:
            raise SystemExit(f"the turn was not taken: {printed}")
        return time.monotonic() - start


def noted(installations: Installations, runs: int) -> list[Row]:
    """Return how many notes the next request of a busy worker did not carry; each comes during a tool call."""
    missing = []

    def work(request: ModelRequest) -> ModelAnswer:
        if request.step == 0:
            return bash(f"acolytes-quest monitor --role worker --agent {WORKER} --quest 1")
        if 1 < request.step <= runs + 1 and f"NOTE-{request.step - 1}." not in request.newest:
            missing.append(request.step)
        if request.step > runs:
            return bash("acolytes-quest respond --quest 1 --msg 'Completed: ANSWER-ONE'")
        user.quest("note", "--quest", "1", "--to", WORKER, "--msg", f"NOTE-{request.step}.")
        return bash("ls")

    with installations.user() as user:
        user.quest("create", "--mission", "m", "--agents", WORKER, "--msg", "TASK-ONE")

        def worker(request: ModelRequest) -> ModelAnswer:
            if "is answered" not in request.newest:
                return work(request)
            user.quest("complete", "--quest", "1", "--summary", "done")
            return Text("done")

        user.delegate(WORKER, [worker])
    return [Row("note", f"of {runs} notes not in the next request", len(missing), "notes", 0)]

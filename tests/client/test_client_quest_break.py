"""Breaks in the real client: a leader that is cleared or compacted, a killed client, a worker that is written to."""

from __future__ import annotations

import os
import re
import signal
import time

import pytest

from acolytes_cc.doctor.messages import ModelAnswer, ModelRequest, Step, Text, ToolUse
from client_conversation import conversation
from client_user import User

pytestmark = pytest.mark.client

WORKER = "ops.performance"


def bash(command: str) -> ToolUse:
    return ToolUse("Bash", {"command": command, "description": "quest"})


def lead(request: ModelRequest) -> ModelAnswer:
    """Create a quest and assign a turn; afterwards only talk."""
    steps = ["create --mission Size --agents w", "message --quest 1 --to w --msg 'Size it'"]
    if request.step < len(steps) and "Plan the sale" in request.everything:
        return bash(f"acolytes-quest {steps[request.step]}")
    return Text("waiting")


@pytest.mark.parametrize("break_", ["/clear", "/compact"])
def test_after_a_break_a_leader_is_given_its_open_quests(installed: User, break_: str) -> None:
    with conversation(installed, lead) as leader:
        leader.say("Plan the sale")
        leader.request_with("turn 1 for w is queued")
        time.sleep(1)
        leader.say(break_)
        time.sleep(3)
        leader.say("And now?")
        leader.request_with("You lead on the quest board")
        installed.quest("monitor", "--role", "worker", "--agent", "w", "--as", "w-1")
        installed.quest("respond", "--quest", "1", "--msg", "Completed: ANSWER-ONE", "--as", "w-1")
        leader.request_with("ANSWER-ONE")  # the session that leads now is woken, too


def test_a_note_is_in_the_next_request_of_a_busy_worker(installed: User) -> None:
    installed.quest("create", "--mission", "m", "--agents", WORKER)
    installed.quest("message", "--quest", "1", "--to", WORKER, "--msg", "Size it")
    seen: list[str] = []

    def write_a_note(_: ModelRequest) -> ModelAnswer:
        installed.quest("note", "--quest", "1", "--to", WORKER, "--msg", "NOTE-ONE")
        return bash("acolytes-quest status --quest 1")

    def end_the_quest(request: ModelRequest) -> ModelAnswer:
        seen.append(request.newest)
        installed.quest("fail", "--quest", "1", "--summary", "not needed")
        return bash("acolytes-quest status --quest 1")

    def end(request: ModelRequest) -> ModelAnswer:
        seen.append(request.newest)
        return Text("done")

    steps: list[Step] = [
        bash(f"acolytes-quest monitor --role worker --agent {WORKER}"),
        write_a_note,
        end_the_quest,
        end,
    ]
    installed.delegate(WORKER, steps)
    assert "NOTE-ONE" in seen[0]
    assert "Turn 1 of quest 1 is not yours any more: it was cancelled" in seen[1]


def test_an_agent_with_a_copy_of_our_hooks_is_reached_like_one_of_ours(installed: User) -> None:
    hooks = re.search(
        r"^hooks:\n(?:[ ].*\n)+", (installed.home / f".claude/agents/{WORKER}.md").read_text("utf-8"), re.MULTILINE
    )
    assert hooks
    definition = f"---\nname: scribe\ndescription: Writes.\n{hooks[0]}---\n\nYou write what you are asked to write.\n"
    (installed.home / ".claude/agents/scribe.md").write_text(definition, "utf-8")
    installed.quest("create", "--mission", "m", "--agents", "scribe", "--msg", "Size it")
    seen: list[str] = []

    def write_a_note(_: ModelRequest) -> ModelAnswer:
        installed.quest("note", "--quest", "1", "--to", "scribe", "--msg", "NOTE-ONE")
        return bash("ls")

    def respond(request: ModelRequest) -> ModelAnswer:
        seen.append(request.newest)
        return bash("acolytes-quest respond --quest 1 --msg 'Completed: x'")

    def end(_: ModelRequest) -> ModelAnswer:
        installed.quest("complete", "--quest", "1", "--summary", "done")
        return Text("done")

    monitor = bash("acolytes-quest monitor --role worker --agent scribe --quest 1")
    installed.delegate("scribe", [monitor, write_a_note, respond, end])
    assert "NOTE-ONE" in seen[0]


def test_another_worker_takes_the_turn_of_a_killed_client(installed: User) -> None:
    installed.quest("create", "--mission", "m", "--agents", "w")
    installed.quest("message", "--quest", "1", "--to", "w", "--msg", "Size it")

    def work(request: ModelRequest) -> ModelAnswer:
        if request.step == 0:
            return bash("acolytes-quest monitor --role worker --agent w")
        time.sleep(30)
        return Text("never")

    with conversation(installed, work) as worker:
        worker.say("Work")
        worker.request_with("Size it")
        os.kill(worker.client, signal.SIGKILL)
        killed = time.monotonic()
        taken = installed.quest("monitor", "--role", "worker", "--agent", "w", "--as", "w-2", "--timeout", "60")
        assert "quest 1, turn 1 for w: attempt 2 of 3" in taken
        assert time.monotonic() - killed < 60

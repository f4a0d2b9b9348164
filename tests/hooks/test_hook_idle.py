"""The idle wait: a worker that ends while its quest is open waits in the hook, and takes its next turn there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import pytest

from hook_quest import WORKER, ask, event, quest, take_turn
from quest_support import bells, eventually
from support import HOOKS, answer, run_hook

HOOK = [sys.executable, "-I", "-S", str(HOOKS / "subagent_stop.py")]
SHORT = {"ACOLYTES_QUEST_WAIT": "0.2"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What every test here begins with, made once."""
    folder = tmp_path_factory.mktemp("made")
    (folder / ".git").mkdir()
    quest(folder, "create", "--mission", "m", "--agents", WORKER)
    take_turn(folder, "a12")
    quest(folder, "respond", "--quest", "1", "--msg", "Completed: x", "--as", "a12")
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A project whose worker a12 has answered its turn of quest 1, which goes on."""
    return shutil.copytree(made, tmp_path / "project")


def stop(project: Path, env: dict[str, str] | None = None, agent_id: str = "a12") -> str:
    """What the hook answers a worker that is about to end; empty when it lets the worker end."""
    decision = answer(run_hook("subagent_stop", event("SubagentStop", project, agent_id), env={**SHORT, **(env or {})}))
    if decision:
        assert decision.pop("decision") == "block"
    return str(decision.get("reason", ""))


def waiting_hook(project: Path) -> subprocess.Popen[bytes]:
    """The hook as the client starts it, waiting."""
    with event_file(project) as stdin:
        process = subprocess.Popen(HOOK, stdin=stdin, stdout=subprocess.PIPE)
    eventually(lambda: bool(bells(project, WORKER)), "the hook listens")
    return process


def event_file(project: Path) -> IO[bytes]:
    path = project / "event.json"
    path.write_text(json.dumps(event("SubagentStop", project)), "utf-8")
    return path.open("rb")


def test_a_turn_that_comes_meanwhile_is_handed_over(project: Path) -> None:
    process = waiting_hook(project)
    quest(project, "message", "--quest", "1", "--to", WORKER, "--msg", "NEXT-TASK\nquest 9, turn 9 for you")
    output, _ = process.communicate(timeout=30)
    reason = output.decode()
    assert '"decision": "block"' in reason
    assert "quest 1, turn 2 for ops.performance" in reason
    assert "message 3 from leader" in reason, "framed, with its author"
    assert "NEXT-TASK" in reason
    assert "answer: acolytes-quest respond --quest 1 --turn 2 --msg" in reason
    assert "full report" in reason
    assert "ACOLYTES_QUEST_OFF=idle-wait" in reason
    assert ask(project, "SELECT state, holder FROM turn WHERE id = 2") == [("leased", "a12")]


def test_a_turn_that_waits_already_is_handed_over_at_once(project: Path) -> None:
    quest(project, "message", "--quest", "1", "--to", WORKER, "--msg", "NEXT-TASK")
    assert "NEXT-TASK" in stop(project, {"ACOLYTES_QUEST_WAIT": "60"})


def test_a_wait_without_result_answers_one_short_line(project: Path) -> None:
    reason = stop(project)
    assert reason.startswith("Nothing yet")
    assert len(reason) < 140
    assert "ACOLYTES_QUEST_OFF=idle-wait" in reason
    assert ask(project, "SELECT quest, session FROM event WHERE kind = 'waited'") == [(1, "a12")]


def test_every_fifth_wait_asks_for_a_tool_and_after_an_hour_the_worker_may_end(project: Path) -> None:
    reason = [stop(project, {"ACOLYTES_QUEST_WAIT": "0.01"}) for _ in range(14)]
    assert [number for number, text in enumerate(reason, 1) if "monitor --role worker" in text] == [5, 10]
    assert all(text.startswith("Nothing yet") for text in reason[:12])
    assert "full report" in reason[12]
    assert reason[13] == ""
    take_turn(project, "a12")
    quest(project, "respond", "--quest", "1", "--msg", "Completed: y", "--as", "a12")
    assert stop(project).startswith("Nothing yet"), "a turn in between begins the hour anew"


@pytest.mark.parametrize("end", ["complete", "cancel"])
def test_a_worker_may_end_when_its_quest_has_ended(project: Path, end: str) -> None:
    """Its last message is its report, so the model is asked for nothing more."""
    process = waiting_hook(project)
    quest(project, end, "--quest", "1", "--summary", "enough")
    output, _ = process.communicate(timeout=30)
    assert (output, process.returncode) == (b"", 0)
    assert stop(project) == ""


def read_news(project: Path) -> None:
    quest(project, "monitor", "--role", "leader", "--quest", "1", "--timeout", "0")


def test_a_worker_may_end_as_soon_as_the_leader_has_read_the_last_answer(project: Path) -> None:
    process = waiting_hook(project)
    read_news(project)
    output, _ = process.communicate(timeout=30)
    assert (output, process.returncode) == (b"", 0)
    assert stop(project, {"ACOLYTES_QUEST_WAIT": "60"}) == ""


@pytest.mark.parametrize(
    ("commands", "last"),
    [
        ([("message", "--to", "other", "--msg", "x")], ("cancel", "--turn", "2")),
        ([("message", "--to", "other", "--msg", "x"), "a question"], ("cancel", "--turn", "2")),
        ([("message", "--to", "other", "--msg", "x", "--review"), "an answer"], ("review", "--turn", "2", "--accept")),
    ],
)
def test_a_worker_waits_while_a_turn_a_reply_or_a_verdict_is_due(
    project: Path, commands: list[str | tuple[str, ...]], last: tuple[str, ...]
) -> None:
    quest(project, "add-member", "--quest", "1", "--agents", "other")
    for command in commands:
        if isinstance(command, tuple):
            quest(project, command[0], "--quest", "1", *command[1:])
        else:
            text = "BLOCKED: no data" if command == "a question" else "Completed: y"
            quest(project, "monitor", "--role", "worker", "--agent", "other", "--as", "o1")
            quest(project, "respond", "--quest", "1", "--msg", text, "--as", "o1")
    read_news(project)
    process = waiting_hook(project)
    assert process.poll() is None
    quest(project, last[0], "--quest", "1", *last[1:])
    output, _ = process.communicate(timeout=30)
    assert (output, process.returncode) == (b"", 0)


def test_a_worker_waits_in_a_quest_without_turns(project: Path) -> None:
    quest(project, "create", "--mission", "m", "--agents", WORKER)
    quest(project, "monitor", "--role", "worker", "--agent", WORKER, "--quest", "2", "--as", "b1", "--timeout", "0")
    assert stop(project, agent_id="b1").startswith("Nothing yet")


@pytest.mark.parametrize("who", ["never entered", "over", "off"])
def test_an_agent_outside_a_quest_ends_at_once(project: Path, who: str) -> None:
    if who == "over":
        quest(project, "complete", "--quest", "1", "--summary", "s")
    env = {"ACOLYTES_QUEST_OFF": "idle-wait"} if who == "off" else {}
    assert stop(project, env, "b77" if who == "never entered" else "a12") == ""


def test_a_worker_of_one_quest_is_not_given_work_of_another(project: Path) -> None:
    quest(project, "create", "--mission", "m", "--agents", WORKER)
    quest(project, "monitor", "--role", "worker", "--agent", WORKER, "--quest", "2", "--as", "b1", "--timeout", "0")
    quest(project, "message", "--quest", "1", "--to", WORKER, "--msg", "OF-ONE")
    assert stop(project, agent_id="b1").startswith("Nothing yet")
    quest(project, "message", "--quest", "2", "--to", WORKER, "--msg", "OF-TWO")
    assert "OF-TWO" in stop(project, agent_id="b1")


@pytest.mark.parametrize("end", ["the client dies", "the client gives it up"])
def test_the_waiting_hook_ends_with_the_client(project: Path, end: str) -> None:
    if end == "the client dies":
        program = (
            "import subprocess, sys\n"
            "hook = subprocess.Popen(sys.argv[1:], stdin=sys.stdin.buffer, stdout=subprocess.PIPE)\n"
            "print(hook.pid, flush=True)\n"
            "hook.wait()\n"
        )
        with event_file(project) as stdin:
            client = subprocess.Popen([sys.executable, "-c", program, *HOOK], stdin=stdin, stdout=subprocess.PIPE)
        assert client.stdout
        pid = int(client.stdout.readline())
        eventually(lambda: bool(bells(project, WORKER)), "the hook listens")
        client.send_signal(signal.SIGKILL)
        client.communicate()
        eventually(lambda: not _runs(pid), "the hook has ended")
    else:
        process = waiting_hook(project)
        assert process.stdout
        process.stdout.close()
        assert process.wait(timeout=30) == 0
    quest(project, "message", "--quest", "1", "--to", WORKER, "--msg", "work")
    time.sleep(0.2)
    assert ask(project, "SELECT state FROM turn WHERE id = 2") == [("queued",)], "nobody takes it for the dead"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def led(project: Path) -> Path:
    """A project in which the subagent b1 leads quest 2, with one turn for another agent."""
    quest(project, "create", "--mission", "m", "--agents", "other", "--leader", WORKER, "--msg", "x", "--as", "b1")
    return project


def test_a_leader_that_ends_waits_for_news_and_is_given_them(led: Path) -> None:
    quest(led, "monitor", "--role", "worker", "--agent", "other", "--as", "o1")
    quest(led, "respond", "--quest", "2", "--msg", "Completed: ANSWER-ONE", "--as", "o1")
    assert "ANSWER-ONE" in stop(led, agent_id="b1")
    assert stop(led, agent_id="b1") == "", "there is no turn and no news"


def test_a_leader_goes_on_waiting_for_an_hour_in_which_nothing_happens(led: Path) -> None:
    short = {"ACOLYTES_QUEST_WAIT": "0.01"}
    said = [stop(led, short, "b1") for _ in range(14)]
    assert [number for number, text in enumerate(said, 1) if "acolytes-quest status --quest 2" in text] == [5, 10]
    assert all(text.startswith("Nothing yet") for text in said[:13])
    assert all(len(text) < 140 for text in said[:4])
    assert "ACOLYTES_QUEST_OFF=wake-leader" in said[0]
    assert said[13] == ""
    quest(led, "monitor", "--role", "worker", "--agent", "other", "--as", "o1")
    assert stop(led, short, "b1").startswith("Nothing yet"), "something has happened"
    assert stop(led, {**short, "ACOLYTES_QUEST_OFF": "wake-leader"}, "b1") == ""

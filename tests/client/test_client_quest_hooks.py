"""Hooks that hold a quest's protocol, seen to act in the real client."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import ModelAnswer, ModelRequest, Step, Text, ToolUse
from client_user import User

pytestmark = pytest.mark.client

LEADER, WORKER = "coordinator.performance", "ops.performance"
MONITOR = f"acolytes-quest monitor --role worker --agent {WORKER} --timeout 30"


def bash(command: str) -> ToolUse:
    return ToolUse("Bash", {"command": command, "description": "quest"})


def agent(name: str, prompt: str, *, background: bool) -> ToolUse:
    call = {"description": "work", "prompt": prompt, "subagent_type": name, "run_in_background": background}
    return ToolUse("Agent", call)


def rows(project: Path, sql: str) -> list[tuple[object, ...]]:
    """Ask the board, or change it."""
    with closing(sqlite3.connect(f"file:{project}/.claude/acolytes/quests.db?mode=rw", uri=True)) as connection:
        found = connection.execute(sql).fetchall()
        connection.commit()
        return found


def count(project: Path, what: str) -> int:
    (found,) = rows(project, f"SELECT COUNT(*) FROM {what}")
    return int(str(found[0]))


def wait_until(project: Path, what: str, number: int) -> None:
    """Hold a model's answer until the board has so many rows of `what`."""
    deadline = time.monotonic() + 60
    while count(project, what) < number and time.monotonic() < deadline:
        time.sleep(0.05)


def set_environment(user: User, **variables: str) -> None:
    """Put variables into `env` of the user's settings, as the reasons of the hooks say."""
    path = user.home / ".claude/settings.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "env": variables}), "utf-8")


def test_of_four_workers_one_is_killed_and_one_that_waits_takes_over(installed: User) -> None:
    project = installed.project
    set_environment(installed, ACOLYTES_QUEST_WAIT="60")
    tasks = ("ALPHA", "BRAVO", "CHARLIE", "DELTA")
    killed: list[object] = []

    def kill(_: ModelRequest) -> ModelAnswer:
        """Kill the worker of the last turn in the middle of it; the others have answered."""
        wait_until(project, "event WHERE kind = 'done'", 3)
        killed.extend(rows(project, "SELECT holder FROM turn WHERE state = 'leased'")[0])
        return ToolUse("TaskStop", {"task_id": killed[0]})

    def let_its_lease_run_out(request: ModelRequest) -> ModelAnswer:
        rows(project, "UPDATE turn SET lease_until = lease_renewed WHERE state = 'leased'")
        return lead(request)

    def lead(request: ModelRequest) -> ModelAnswer:
        if "quest 1 is completed" in request.everything:
            return Text("main done")
        if len(set(re.findall(r"ANSWER-\w+", request.everything))) == len(tasks):
            return bash("acolytes-quest complete --quest 1 --summary 'All four are in'")
        return bash("acolytes-quest monitor --role leader --quest 1 --since 0 --timeout 5")

    def work(request: ModelRequest) -> ModelAnswer:
        task = re.findall(r"TASK-(\w+)", request.newest)
        if not task:
            return Text("my full report")
        wait_until(project, "event WHERE kind = 'claimed'", 4)
        if task[0] == "DELTA":
            wait_until(project, "event WHERE kind = 'expired'", 1)
        return bash(f"acolytes-quest respond --quest 1 --msg 'Completed: ANSWER-{task[0]}'")

    prompt = "You have a worker role. Enter quest 1 on the board."
    leader: list[Step] = [
        bash(f"acolytes-quest create --mission 'Size the shop' --agents {WORKER}"),
        [bash(f"acolytes-quest message --quest 1 --to {WORKER} --msg 'TASK-{task}'") for task in tasks],
        [agent(WORKER, prompt, background=True) for _ in tasks],
        kill,
        let_its_lease_run_out,
        lead,
    ]
    roles = [
        Role("worker", installed.is_agent(WORKER), [bash(MONITOR), work]),
        Role("main", lambda _: True, leader),
    ]
    with LoopbackModel(roles) as model:
        run = installed.ask(model, "go", allowed="Agent Bash(acolytes-quest:*) TaskStop")
    assert run.result.get("result") == "main done", (run.stdout, run.debug[-3000:])

    # every turn was answered once, each of the four workers had one, and one of them a second: that of the killed
    turns = rows(project, "SELECT state, attempt, holder FROM turn ORDER BY id")
    assert [(state, attempt) for state, attempt, _ in turns] == [("done", 1)] * 3 + [("done", 2)]
    holders = [holder for _, _, holder in turns]
    assert holders[3] in holders[:3]
    assert killed[0] not in holders
    assert count(project, "message WHERE kind = 'completed'") == 4
    # it came to a worker in its hook, framed, with the next command
    handed = [request for request in model.of("worker") if "While you waited" in request.newest]
    assert len(handed) == 1
    assert re.search(r"<<(\w+) message 4 from leader, 10 characters\nTASK-DELTA\n\1>>", handed[0].newest)
    assert "answer: acolytes-quest respond --quest 1" in handed[0].newest
    # while they waited, and when it was over, nobody asked the model anything
    assert not [request for request in model.of("worker") if "Nothing yet" in request.newest]
    assert not [request for request in model.of("worker") if "Quest 1 is completed" in request.newest]
    assert "my full report" in model.of("main")[-1].everything


def test_hooks_keep_a_worker_from_what_is_reserved_and_from_editing_out_of_turn(installed: User) -> None:
    project, quest = installed.project, installed.quest
    set_environment(installed, ACOLYTES_QUEST_WAIT="0.3")
    other = "other.agent"
    for number, mode in ((1, "parallel"), (2, "single")):
        quest("create", "--mission", "m", "--agents", f"{WORKER},{other}", "--mode", mode)
        quest("message", "--quest", str(number), "--to", other, "--msg", "work")
        quest("monitor", "--role", "worker", "--agent", other, "--quest", str(number), "--as", f"s{number}")
    quest("reserve", "--quest", "1", "--paths", "plans", "--as", "s1")
    quest("message", "--quest", "1", "--to", WORKER, "--msg", "TASK-ONE")

    def leave(_: ModelRequest) -> ModelAnswer:
        for number in ("1", "2"):
            quest("cancel", "--quest", number, "--summary", "enough")
        return Text("worker done")

    def write(name: str) -> ToolUse:
        return ToolUse("Write", {"file_path": str(project / name), "content": "x"})

    steps: list[Step] = [
        bash(MONITOR),
        write("plans/mine.md"),
        write("own.md"),
        bash("acolytes-quest respond --quest 1 --msg 'Completed: x'"),
        write("late.md"),
        Text("the worker's report"),
        leave,
    ]
    call = agent(WORKER, "You have a worker role.", background=False)
    roles = [
        Role("worker", installed.is_agent(WORKER), steps),
        Role("main", lambda _: True, [call, Text("main done")]),
    ]
    with LoopbackModel(roles) as model:
        run = installed.ask(model, "go", allowed="Agent Write")
    assert run.result.get("result") == "main done", (run.stdout, run.debug[-3000:])
    told = [request.newest for request in model.of("worker")]
    assert "other.agent works on" in told[2]
    assert "turn 1 of quest 1" in told[2]
    assert "ACOLYTES_QUEST_OFF=reservations" in told[2]
    assert "not your turn: quest 2" in told[5]
    assert "other.agent has turn 2" in told[5]
    assert [path.name for path in sorted(project.glob("**/*.md"))] == ["own.md"]
    assert rows(project, "SELECT turn, path FROM turn_file") == [(3, "own.md")]
    # it would have ended with its quests open, and waited once for nothing
    assert "Nothing yet" in told[6]
    assert len(told) == 7


def test_a_worker_cannot_call_an_agent_and_a_leader_can(installed: User) -> None:
    installed.quest("create", "--mission", "m", "--agents", LEADER)
    installed.quest("message", "--quest", "1", "--to", LEADER, "--msg", "TASK-ONE")

    def leave(_: ModelRequest) -> ModelAnswer:
        installed.quest("cancel", "--quest", "1", "--summary", "enough")
        return agent(WORKER, "help me", background=False)

    steps: list[Step] = [
        bash(f"acolytes-quest monitor --role worker --agent {LEADER}"),
        agent(WORKER, "help me", background=False),
        leave,
        Text("done"),
    ]
    call = agent(LEADER, "You have a worker role.", background=False)
    roles = [
        Role("worker", installed.is_agent(LEADER), steps),
        Role("helper", installed.is_agent(WORKER), [Text("here is my help")]),
        Role("main", lambda _: True, [call, Text("main done")]),
    ]
    with LoopbackModel(roles) as model:
        run = installed.ask(model, "go")
    assert run.result.get("result") == "main done", (run.stdout, run.debug[-3000:])
    told = [request.newest for request in model.of("worker")]
    assert "workers reach each other only through its leader" in told[2]
    assert "acolytes-quest message --quest 1 --to leader" in told[2]
    assert "here is my help" in told[3], "its quest is over"
    assert len(model.of("helper")) == 1


def test_an_agent_that_knows_nothing_of_quests_works_a_turn_off(installed: User) -> None:
    definition = "---\nname: scribe\ndescription: Writes.\ntools: Bash\n---\n\nYou write what you are asked to write.\n"
    (installed.home / ".claude/agents/scribe.md").write_text(definition, "utf-8")
    installed.quest("create", "--mission", "m", "--agents", "scribe")
    installed.quest("message", "--quest", "1", "--to", "scribe", "--msg", "TASK-ONE write a verse")

    def typed(verb: str, text: str) -> ToolUse:
        """The command as it is written in what the agent has read."""
        found = re.findall(rf"^(?:.*: )?(acolytes-quest {verb} .*?)(?: \(or|$)", text, re.MULTILINE)
        return bash(found[0].replace("...", "a verse"))

    steps: list[Step] = [
        lambda request: typed("monitor", request.everything),
        lambda request: typed("conversation", request.everything),
        lambda request: typed("respond", request.everything),
        Text("done"),
    ]
    call = agent("scribe", "You have a worker role.", background=False)
    roles = [
        Role("scribe", installed.is_agent("scribe"), steps),
        Role("main", lambda _: True, [call, Text("main done")]),
    ]
    with LoopbackModel(roles) as model:
        run = installed.ask(model, "go", allowed="Agent Bash(acolytes-quest:*)")
    assert run.result.get("result") == "main done", (run.stdout, run.debug[-3000:])
    assert rows(installed.project, "SELECT state FROM turn") == [("done",)]
    assert rows(installed.project, "SELECT text FROM message WHERE kind = 'completed'") == [("Completed: a verse",)]
    assert "TASK-ONE" not in model.of("scribe")[0].everything, "what others wrote comes from the board alone"


def test_what_is_held_when_the_client_ends_is_given_back(installed: User) -> None:
    installed.quest("create", "--mission", "m", "--agents", WORKER)
    installed.quest("message", "--quest", "1", "--to", WORKER, "--msg", "work")
    roles = [Role("main", lambda _: True, [bash(MONITOR), Text("main done")])]
    with LoopbackModel(roles) as model:
        run = installed.ask(model, "go", allowed="Bash(acolytes-quest:*)")
    assert run.result.get("result") == "main done", (run.stdout, run.debug[-3000:])
    assert "lease 3600 s" in model.of("main")[1].newest, "the main agent has no hook that renews it"
    assert rows(installed.project, "SELECT state FROM turn") == [("queued",)]
    kinds = [kind for (kind,) in rows(installed.project, "SELECT kind FROM event WHERE turn = 1 ORDER BY id")]
    assert kinds == ["queued", "claimed", "released"]

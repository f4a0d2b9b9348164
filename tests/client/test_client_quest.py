"""A quest through the real client: a leader, two workers of one name, and a board that loses nothing."""

from __future__ import annotations

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

TASKS = ("TASK-ONE size the checkout", "TASK-TWO size the search")
LEADER, WORKER = "coordinator.performance", "ops.performance"


def bash(command: str) -> ToolUse:
    return ToolUse("Bash", {"command": command, "description": "quest"})


def rows(project: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{project}/.claude/acolytes/quests.db?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def wait_for_two_claims(project: Path) -> None:
    """Hold a worker until the other has its turn, too."""
    deadline = time.monotonic() + 60
    while len(rows(project, "SELECT id FROM event WHERE kind = 'claimed'")) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)


def start_worker(number: int) -> ToolUse:
    prompt = f"You have a worker role. Enter quest 1 on the board. You are worker {number}."
    return ToolUse(
        "Agent",
        {"description": f"worker {number}", "prompt": prompt, "subagent_type": WORKER, "run_in_background": True},
    )


def leader_steps() -> list[Step]:
    create = f"acolytes-quest create --mission 'Size the shop' --agents {WORKER} --leader {LEADER}"
    message = f"acolytes-quest message --quest 1 --to {WORKER} --from {LEADER} --msg '%s'"

    def lead(request: ModelRequest) -> ModelAnswer:
        """Listen until both answers are in, then complete, then report."""
        answers = set(re.findall(r"ANSWER-(?:ONE|TWO)", request.everything))
        if "quest 1 is completed" in request.newest or "quest 1 completed" in request.newest:
            return Text("coordinator done: " + ", ".join(sorted(answers)))
        if len(answers) == 2:
            return bash("acolytes-quest complete --quest 1 --summary 'Both sized'")
        return bash(f"acolytes-quest monitor --role leader --agent {LEADER} --quest 1 --timeout 20")

    return [
        bash(create),
        [bash(message % task) for task in TASKS],
        [start_worker(1), start_worker(2)],
        lead,
    ]


def worker_steps(project: Path, *, tries_to_leave: bool) -> list[Step]:
    monitor = f"acolytes-quest monitor --role worker --agent {WORKER} --timeout 30"

    def read(_: ModelRequest) -> ModelAnswer:
        wait_for_two_claims(project)
        return bash("acolytes-quest conversation --quest 1")

    def respond(request: ModelRequest) -> ModelAnswer:
        task = re.findall(r"TASK-(ONE|TWO)", delivered(request))[0]
        return bash(f"acolytes-quest respond --quest 1 --msg 'Completed: ANSWER-{task}' --files plan-{task}.md")

    leaving: list[Step] = [Text("I am leaving")] if tries_to_leave else []
    return [bash(monitor), read, *leaving, respond, bash(f"{monitor} --quest 1"), Text("worker done")]


def delivered(request: ModelRequest) -> str:
    """What this worker's first monitor printed."""
    results = [
        block
        for message in request.body["messages"]
        if message["role"] == "user" and isinstance(message["content"], list)
        for block in message["content"]
        if block.get("type") == "tool_result"
    ]
    return str(results[0]["content"])


def test_a_leader_and_two_workers_of_one_name(installed: User) -> None:
    is_worker, is_leader = installed.is_agent(WORKER), installed.is_agent(LEADER)
    project = installed.project
    call = {"description": "lead", "prompt": "lead a quest", "subagent_type": LEADER, "run_in_background": False}
    roles = [
        Role("one", lambda r: is_worker(r) and "worker 1" in r.everything, worker_steps(project, tries_to_leave=True)),
        Role("two", is_worker, worker_steps(project, tries_to_leave=False)),
        Role("leader", is_leader, leader_steps()),
        Role("main", lambda _: True, [ToolUse("Agent", call), Text("main done")]),
    ]
    with LoopbackModel(roles) as model:
        run = installed.ask(model, "go")
    assert run.result.get("result") == "main done", (run.stdout, run.debug[-3000:])

    # the leader heard of both answers and completed the quest
    assert "coordinator done: ANSWER-ONE, ANSWER-TWO" in model.of("main")[-1].everything
    assert rows(project, "SELECT status FROM quest") == [("completed",)]
    # every message was delivered once: each worker got one of the two tasks
    got = [re.findall(r"TASK-(?:ONE|TWO)", delivered(model.of(worker)[-1])) for worker in ("one", "two")]
    assert sorted(got) == [["TASK-ONE"], ["TASK-TWO"]]
    # two workers of one name are two sessions, and each turn was answered by the session that it was given to
    turns = rows(project, "SELECT state, holder, attempt FROM turn ORDER BY id")
    assert [state for state, _, _ in turns] == ["done", "done"]
    assert len({holder for _, holder, _ in turns}) == 2
    # both had work at the same time
    events = [kind for (kind,) in rows(project, "SELECT kind FROM event WHERE kind IN ('claimed', 'done') ORDER BY id")]
    assert events == ["claimed", "claimed", "done", "done"]
    # the one that tried to leave with its turn unanswered was kept, and told how to answer
    kept = [request for request in model.of("one") if "You hold turn" in request.newest]
    assert len(kept) == 1
    assert "acolytes-quest respond --quest 1" in kept[0].newest
    # both heard that it is over
    for worker in ("one", "two"):
        assert "quest 1" in model.of(worker)[-1].tool_results[0]
        assert "completed" in model.of(worker)[-1].tool_results[0]
    # no worker can call another agent
    assert "Agent" not in model.of("one")[0].tools


def test_a_worker_that_will_not_answer_is_kept_five_times_and_then_let_go(installed: User) -> None:
    installed.quest("create", "--mission", "m", "--agents", WORKER)
    installed.quest("message", "--quest", "1", "--to", WORKER, "--msg", "work")
    steps: list[Step] = [bash(f"acolytes-quest monitor --role worker --agent {WORKER}"), Text("I am leaving")]
    model = installed.delegate(WORKER, steps)
    assert sum("You hold turn" in request.newest for request in model.of(WORKER)) == 5
    assert rows(installed.project, "SELECT state FROM turn") == [("queued",)]


def test_yesterdays_quest_changes_nothing_for_a_member_that_is_asked_something_else(installed: User) -> None:
    installed.quest("create", "--mission", "OLD-MISSION", "--agents", WORKER)
    installed.quest("message", "--quest", "1", "--to", WORKER, "--msg", "OLD-TASK")
    board = installed.project / ".claude/acolytes/quests.db"

    def dump() -> list[str]:
        with closing(sqlite3.connect(f"file:{board}?mode=ro", uri=True)) as connection:
            return list(connection.iterdump())

    before = dump()
    steps: list[Step] = [bash("acolytes-perf --help"), bash("ls"), Text("the answer to something else")]
    model = installed.delegate(WORKER, steps, prompt="what is an error budget?")
    assert len(model.of(WORKER)) == 3, "nothing kept the agent from ending"
    assert "the answer to something else" in model.of("main")[-1].everything
    assert dump() == before
    told = [line for line in model.of(WORKER)[0].everything.splitlines() if "quest 1" in line]
    assert len(told) == 1
    assert "leave it alone" in told[0]
    assert "OLD-TASK" not in model.of(WORKER)[0].everything

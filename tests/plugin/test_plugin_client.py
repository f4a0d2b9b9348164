"""The real client with the plugin: agents, tools, commands, hooks and quests as in a direct installation."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from acolytes_cc.build.folder import place
from acolytes_cc.build.plugin import is_executable, stand_alone_files
from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import ModelAnswer, ModelRequest, Step, Text, ToolUse
from plugin_user import COORDINATOR, OLDEST_PYTHON, OPS, SYSTEM, TOO_OLD_PYTHON, PluginUser, folder_with
from support import build_tree

pytestmark = pytest.mark.client

SIZE = "acolytes-perf queue size --arrival-rate 1200/s --service-time 80ms --max-utilisation 80%"
ANSWER = "120 servers for 96 erlang"


def bash(command: str) -> ToolUse:
    return ToolUse("Bash", {"command": command, "description": "run"})


def rows(project: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{project}/.claude/acolytes/quests.db?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def assign(user: PluginUser) -> None:
    user.quest("create", "--mission", "m", "--agents", "ops.performance")
    user.quest("message", "--quest", "1", "--to", "ops.performance", "--msg", "TASK size it")


def after_the_end(user: PluginUser, text: str) -> Step:
    """Say ``text`` once the leader has completed the quest: with an open one, a worker waits for its next turn."""

    def leave(_: ModelRequest) -> ModelAnswer:
        user.quest("complete", "--quest", "1", "--summary", "agreed")
        return Text(text)

    return leave


def test_the_client_lists_both_agents_with_the_plugins_prefix(installed: PluginUser) -> None:
    with LoopbackModel([Role("main", lambda _: True, [Text("done")])]) as model:
        installed.ask(model, "go")
    for agent in (OPS, COORDINATOR):
        assert re.search(rf"^- {re.escape(agent)}: ", model.requests[0].everything, re.MULTILINE)


@pytest.mark.parametrize("agent", [OPS, COORDINATOR])
def test_the_subagent_gets_exactly_the_tools_that_it_declares(installed: PluginUser, agent: str) -> None:
    model = installed.delegate(agent, [Text("done")])
    text = (installed.plugin / f"agents/{agent.rpartition(':')[2]}.md").read_text("utf-8")
    declared = re.findall(r"^tools: (.*)$", text, re.MULTILINE)[0].split(", ")
    assert sorted(set(model.of(agent)[0].tools) - {"DeferredToolPlaceholder"}) == sorted(declared)


def test_our_commands_run_unasked_by_name_and_nothing_else_is_granted(installed: PluginUser) -> None:
    steps: list[Step] = [
        [bash(SIZE), bash("acolytes-quest status")],
        [bash("touch evil"), bash("acolytes-perf --help; touch evil"), bash("acolytes-perf --help > evil")],
        Text("done"),
    ]
    requests = installed.delegate(OPS, steps).of(OPS)
    assert ANSWER in requests[1].tool_results[0]
    assert "quest" in requests[1].tool_results[1]
    assert not (installed.project / "evil").exists()
    assert all("approval" in refusal or "permission" in refusal for refusal in requests[2].tool_results)


def test_the_main_agent_is_granted_nothing(installed: PluginUser) -> None:
    with LoopbackModel([Role("main", lambda _: True, [bash(SIZE), Text("done")])]) as model:
        installed.ask(model, "go")
    assert "approval" in model.of("main")[1].tool_results[0]


def test_the_start_names_documents_and_the_waiting_turn_to_the_subagent_only(installed: PluginUser) -> None:
    build_tree(installed.project, {".claude/project/vision.md": "v"})
    assign(installed)
    model = installed.delegate(OPS, [Text("done")])
    context = model.of(OPS)[0].everything
    assert ".claude/project/vision.md" in context
    assert "Turn 1 of quest 1 waits for ops.performance" in context
    assert ".claude/project/vision.md" not in model.of("main")[0].everything


def test_a_worker_does_its_turn_under_its_own_identity_and_is_kept_while_it_holds_it(installed: PluginUser) -> None:
    assign(installed)
    steps: list[Step] = [
        bash("acolytes-quest monitor --role worker --agent ops.performance"),
        Text("I am leaving"),
        bash("acolytes-quest conversation --quest 1"),
        bash("acolytes-quest respond --quest 1 --msg 'Completed: ANSWER'"),
        after_the_end(installed, "worker done"),
    ]
    requests = installed.delegate(OPS, steps).of(OPS)
    assert "TASK size it" in requests[1].tool_results[0]
    assert "You hold turn 1 of quest 1" in requests[2].newest
    assert "worker done" not in requests[-1].newest
    own_id = re.findall(r"Your id on the quest board is (\w+)", requests[0].everything)
    assert rows(installed.project, "SELECT state, holder FROM turn") == [("done", own_id[0])]
    assert [kind for (kind,) in rows(installed.project, "SELECT kind FROM event WHERE kind = 'kept'")] == ["kept"]


def test_its_preloaded_skill_and_its_other_skills_arrive(installed: PluginUser) -> None:
    steps: list[Step] = [ToolUse("Skill", {"skill": "acolytes:quest-worker"}), Text("done")]
    assert "Protocol" in (installed.plugin / "skills/quest-worker/SKILL.md").read_text("utf-8")
    assert "Monitor: wait for a turn" in installed.delegate(OPS, steps).of(OPS)[-1].everything
    first = installed.delegate(COORDINATOR, [Text("done")]).of(COORDINATOR)[0]
    assert "Create, assign, start" in first.everything


def test_a_chosen_server_reaches_the_agent_by_the_name_that_it_declares(
    user: PluginUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = Path(sys.executable).parent / "code-index-mcp"
    assert command.is_file(), "code-index-mcp comes with the extra `test`"
    folder = user.plugin
    shutil.rmtree(folder)
    place(folder, stand_alone_files(["code-index"]), is_executable)
    monkeypatch.setenv("PATH", f"{folder_with(tmp_path / 'tools', str(command))}{os.pathsep}{os.environ['PATH']}")
    user.install()
    build_tree(user.project, {"checkout.py": "def pay(): ...\n"})
    server = "mcp__plugin_acolytes_code-index"
    steps: list[Step] = [
        ToolUse(f"{server}__set_project_path", {"path": str(user.project)}),
        ToolUse(f"{server}__find_files", {"pattern": "*.py"}),
        Text("done"),
    ]

    def main(request: ModelRequest) -> ModelAnswer:
        """A plugin's servers connect while the session goes on already: wait for this one, then ask the agent."""
        if model.of(OPS):
            return Text("main done")
        if f"{server}__find_files" not in request.everything + str(request.tools) and request.step < 60:
            return bash("sleep 1")
        return ToolUse("Agent", {"description": "w", "prompt": "p", "subagent_type": OPS, "run_in_background": False})

    model = LoopbackModel([Role(OPS, user.is_agent(OPS), steps), Role("main", lambda _: True, [main])])
    with model:
        user.ask(model, "go", allowed=f"Agent Bash(sleep:*) {server}")
    requests = model.of(OPS)
    assert [tool for tool in requests[0].tools if tool.startswith(f"{server}__")]
    assert "checkout.py" in requests[2].tool_results[0]


@pytest.mark.skipif(not OLDEST_PYTHON.is_file(), reason="no Python 3.9 here")
def test_a_machine_with_python_3_9_only(user: PluginUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = folder_with(tmp_path / "tools", *SYSTEM)
    (tools / "python3").symlink_to(OLDEST_PYTHON)
    monkeypatch.setenv("PATH", str(tools))
    user.install()
    assign(user)
    steps: list[Step] = [
        bash(SIZE),
        bash("acolytes-quest monitor --role worker --agent ops.performance"),
        bash("acolytes-quest respond --quest 1 --msg 'Completed: ANSWER'"),
        after_the_end(user, "done"),
    ]
    requests = user.delegate(OPS, steps).of(OPS)
    assert ANSWER in requests[1].tool_results[0]
    assert "TASK size it" in requests[2].tool_results[0]
    assert rows(user.project, "SELECT state FROM turn") == [("done",)]


@pytest.mark.skipif(not TOO_OLD_PYTHON.is_file(), reason="no Python 3.8 here")
def test_with_a_python_that_is_too_old_the_user_reads_one_line(
    user: PluginUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = folder_with(tmp_path / "tools", *SYSTEM)
    (tools / "python3").symlink_to(TOO_OLD_PYTHON)
    monkeypatch.setenv("PATH", str(tools))
    user.install()
    call = {"description": "w", "prompt": "p", "subagent_type": OPS, "run_in_background": False}
    steps: list[Step] = [bash(SIZE), Text("done")]
    roles = [
        Role(OPS, user.is_agent(OPS), steps),
        Role("main", lambda _: True, [ToolUse("Agent", call), Text("main done")]),
    ]
    with LoopbackModel(roles) as model:
        run = user.ask(
            model, "go", "--verbose", "--output-format", "stream-json", allowed="Agent Bash(acolytes-perf:*)"
        )
    notices = [event for event in map(json.loads, run.stdout.splitlines()) if event.get("subtype") == "informational"]
    assert ["needs python3 3.9 or later" in notice["content"] for notice in notices] == [True]
    assert "acolytes-perf: needs Python 3.9 or later" in model.of(OPS)[1].tool_results[0]
    assert '[ERROR] "Hook ' not in run.debug


def test_a_machine_without_python(user: PluginUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder_with(tmp_path / "tools", *SYSTEM)))
    user.install()
    call = {"description": "w", "prompt": "p", "subagent_type": OPS, "run_in_background": False}
    steps: list[Step] = [bash(SIZE), Text("done")]
    roles = [
        Role(OPS, user.is_agent(OPS), steps),
        Role("main", lambda _: True, [ToolUse("Agent", call), Text("main done")]),
    ]
    with LoopbackModel(roles) as model:
        run = user.ask(model, "go", allowed="Agent Bash(acolytes-perf:*)")
    assert run.result.get("result") == "main done"
    assert "acolytes-perf: needs python3 (3.9 or later) on PATH" in model.of(OPS)[1].tool_results[0]
    assert '[ERROR] "Hook ' not in run.debug

"""The hooks of the protocol: they renew the lease while its holder works, and keep the holder until it answers."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from hook_quest import WORKER, ask, event, quest, take_turn
from support import HOOKS, answer, read_tree, run_hook


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What every test here begins with, made once."""
    folder = tmp_path_factory.mktemp("made")
    (folder / ".git").mkdir()
    quest(folder, "create", "--mission", "m", "--agents", WORKER)
    take_turn(folder, "a12")
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A project whose worker a12 holds the only turn."""
    return shutil.copytree(made, tmp_path / "project")


@pytest.mark.parametrize("hook", ["pre_tool_use", "post_tool_use"])
def test_a_lease_is_renewed_once_a_minute(project: Path, hook: str) -> None:
    def lease() -> tuple[Any, ...]:
        return ask(project, "SELECT lease_renewed, lease_until, fence, holder FROM turn")[0]

    fresh = lease()
    assert answer(run_hook(hook, event("PostToolUse", project))) == {}
    assert lease() == fresh, "renewed a moment ago: nothing is written"
    ask(project, "UPDATE turn SET lease_renewed = lease_renewed - 61, lease_until = lease_until - 61")
    old = lease()
    assert answer(run_hook(hook, event("PostToolUse", project))) == {}
    new = lease()
    assert new[0] > old[0]
    assert new[1] - new[0] == pytest.approx(900)
    assert new[2:] == old[2:]


@pytest.mark.parametrize("agent_id", ["other", ""])
def test_an_agent_without_the_turn_renews_no_lease_and_may_end(project: Path, agent_id: str) -> None:
    ask(project, "UPDATE turn SET lease_renewed = lease_renewed - 61")
    before = ask(project, "SELECT * FROM turn"), ask(project, "SELECT * FROM event")
    for hook in ("post_tool_use", "subagent_stop", "pre_tool_use"):
        assert answer(run_hook(hook, event("PostToolUse", project, agent_id))) == {}
    assert (ask(project, "SELECT * FROM turn"), ask(project, "SELECT * FROM event")) == before


def test_a_holder_is_kept_five_times_and_then_its_turn_goes_back(project: Path) -> None:
    for _ in range(5):
        kept = answer(run_hook("subagent_stop", event("SubagentStop", project)))
        assert kept["decision"] == "block"
        assert "acolytes-quest respond --quest 1" in kept["reason"]
        assert "full report" in kept["reason"]
        assert "ACOLYTES_QUEST_OFF=keep-working" in kept["reason"]
    assert answer(run_hook("subagent_stop", event("SubagentStop", project))) == {}
    assert ask(project, "SELECT state FROM turn") == [("queued",)]


def test_a_rule_is_off_by_the_environment(project: Path) -> None:
    off = {"ACOLYTES_QUEST_OFF": "keep-working"}
    assert answer(run_hook("subagent_stop", event("SubagentStop", project), env=off)) == {}
    assert ask(project, "SELECT state FROM turn") == [("queued",)]


@pytest.mark.parametrize(
    ("tool", "tool_input", "env", "lasts"),
    [
        ("Bash", {"command": "make", "timeout": 600000}, {}, 660),
        ("Bash", {"command": "make", "timeout": 9_000_000}, {}, 660),
        ("Bash", {"command": "make", "timeout": 3_600_000}, {"BASH_MAX_TIMEOUT_MS": "3600000"}, 3660),
        ("Bash", {"command": "make"}, {}, 180),
        ("Bash", {"command": "make"}, {"BASH_DEFAULT_TIMEOUT_MS": "300000"}, 360),
        ("Bash", {"command": "make", "timeout": "nonsense"}, {}, 180),
        ("Bash", {"command": "acolytes-perf --help", "timeout": 600000}, {}, 660),
        ("Read", {"file_path": "/x", "timeout": 600000}, {}, 20),
    ],
)
def test_a_lease_lasts_for_the_calls_own_time_out(
    project: Path, tool: str, tool_input: dict[str, Any], env: dict[str, str], lasts: float
) -> None:
    now = time.monotonic()
    ask(project, f"UPDATE turn SET lease_renewed = {now}, lease_until = {now + 20}")
    call = event("PreToolUse", project, tool_name=tool, tool_input=tool_input)
    answer(run_hook("pre_tool_use", call, env={**env, "ACOLYTES_QUEST_LEASE": "20"}))
    ((until,),) = ask(project, "SELECT lease_until FROM turn")
    assert until - now == pytest.approx(lasts, abs=15)


@pytest.mark.parametrize(
    ("tool", "tool_input", "recorded"),
    [
        ("Write", {"file_path": "{project}/plan.md", "content": "x"}, ["plan.md"]),
        ("Edit", {"file_path": "{project}/src/a.py"}, ["src/a.py"]),
        ("MultiEdit", {"file_path": "{project}/src/a.py"}, ["src/a.py"]),
        ("NotebookEdit", {"notebook_path": "{project}/n.ipynb"}, ["n.ipynb"]),
        ("Read", {"file_path": "{project}/plan.md"}, []),
        ("Write", {"file_path": "/etc/passwd"}, []),
        ("Write", {}, []),
        ("Write", None, []),
    ],
)
def test_what_a_tool_wrote_belongs_to_the_turn(
    project: Path, tool: str, tool_input: dict[str, str] | None, recorded: list[str]
) -> None:
    filled = tool_input and {key: value.format(project=project) for key, value in tool_input.items()}
    written = event("PostToolUse", project, tool_name=tool, tool_input=filled)
    assert answer(run_hook("post_tool_use", written)) == {}
    assert ask(project, "SELECT turn, path FROM turn_file") == [(1, path) for path in recorded]


@pytest.mark.parametrize("tool", ["Agent", "SendMessage", "Task", "Workflow", "Read", "Write"])
def test_a_denial_reaches_the_client_as_a_decision_with_its_reason(project: Path, tool: str) -> None:
    call = event("PreToolUse", project, tool_name=tool, tool_input={"to": "x", "file_path": f"{project}/a"})
    decision = answer(run_hook("pre_tool_use", call)).get("hookSpecificOutput", {})
    if tool in ("Read", "Write"):
        assert decision == {}
    else:
        assert decision["permissionDecision"] == "deny"
        assert "ACOLYTES_QUEST_OFF=direct-calls" in decision["permissionDecisionReason"]


def test_the_end_of_a_session_releases_the_turns_of_its_agents(project: Path) -> None:
    ask(project, "UPDATE session SET client = 'client-1'")
    ending = {"hook_event_name": "SessionEnd", "cwd": str(project), "reason": "other"}
    for other in ({}, {"session_id": "client-2"}, {"session_id": "client-1' --"}):
        assert answer(run_hook("session_end", {**ending, **other})) == {}
        assert ask(project, "SELECT state FROM turn") == [("leased",)]
    assert answer(run_hook("session_end", {**ending, "session_id": "client-1"})) == {}
    assert ask(project, "SELECT state FROM turn") == [("queued",)]


def test_the_clients_own_compaction_is_not_an_end(project: Path) -> None:
    assert answer(run_hook("subagent_stop", {**event("SubagentStop", project), "agent_type": ""})) == {}


def test_the_start_names_a_waiting_turn_in_one_line(project: Path) -> None:
    def lines_about_quest() -> list[str]:
        output = answer(run_hook("subagent_start", event("SubagentStart", project, "a99")))
        return [line for line in output["hookSpecificOutput"]["additionalContext"].splitlines() if "quest 1" in line]

    assert lines_about_quest() == [], "the only turn is taken"
    quest(project, "message", "--quest", "1", "--to", WORKER, "--msg", "SECRET-TEXT")
    assert len(lines_about_quest()) == 1
    assert "Turn 2" in lines_about_quest()[0]
    assert "SECRET-TEXT" not in lines_about_quest()[0]


@pytest.mark.parametrize("fault", ["garbage", "folder", "busy", "no scripts"])
def test_with_an_unreadable_board_every_other_hook_answer_stays(project: Path, fault: str, tmp_path: Path) -> None:
    board = project / ".claude/acolytes/quests.db"
    hooks, holder = HOOKS, None
    if fault == "garbage":
        board.write_bytes(b"not a database" * 100)
    elif fault == "folder":
        shutil.rmtree(board.parent)
        board.mkdir(parents=True)
    elif fault == "busy":
        holder = sqlite3.connect(board, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
    else:
        hooks = shutil.copytree(HOOKS, tmp_path / "alone" / "deep" / "hooks")
    started = answer(run_hook("subagent_start", event("SubagentStart", project), folder=hooks))
    assert "No project documents here" in started["hookSpecificOutput"]["additionalContext"]
    for hook in ("pre_tool_use", "post_tool_use", "subagent_stop", "session_end"):
        done = run_hook(hook, event("PostToolUse", project), folder=hooks)
        assert done.returncode == 0
        if fault != "busy":  # in WAL mode a reader still reads
            assert done.stdout == b""
    if holder:
        holder.close()


def test_without_a_board_the_hooks_create_no_file(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    before = read_tree(tmp_path)
    for hook in ("pre_tool_use", "post_tool_use", "subagent_stop", "subagent_start", "session_end"):
        run_hook(hook, event("PostToolUse", tmp_path), env={"PWD": os.fspath(tmp_path)})
    assert read_tree(tmp_path) == before

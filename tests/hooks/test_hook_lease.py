"""The hooks that hold the protocol: a lease is renewed while its holder works, and its holder is kept from leaving."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support import HOOKS, ROOT, answer, read_tree, run_hook

WORKER = "ops.performance"


def quest(project: Path, verb: str, *arguments: str) -> str:
    script = ROOT / "scripts" / "acolytes_quest" / f"quest_{verb}.py"
    command = [sys.executable, "-I", "-S", str(script), *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=True).stdout


def ask(project: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(project / ".claude/acolytes/quests.db")) as connection:
        found = connection.execute(sql).fetchall()
        connection.commit()
    return found


def event(name: str, project: Path, agent_id: str = "a12") -> dict[str, Any]:
    return {
        "hook_event_name": name,
        "agent_id": agent_id,
        "agent_type": WORKER,
        "cwd": str(project),
        "tool_name": "Read",
        "tool_input": {},
        "stop_hook_active": False,
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose worker a12 holds the only turn."""
    (tmp_path / ".git").mkdir()
    quest(tmp_path, "create", "--mission", "m", "--agents", WORKER)
    quest(tmp_path, "message", "--quest", "1", "--to", WORKER, "--msg", "work")
    quest(tmp_path, "monitor", "--role", "worker", "--agent", WORKER, "--as", "a12", "--timeout", "0")
    return tmp_path


@pytest.mark.parametrize("hook", ["pre_tool_use", "post_tool_use"])
def test_a_lease_is_renewed_when_that_is_a_minute_ago(project: Path, hook: str) -> None:
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
def test_somebody_else_renews_nothing_and_is_not_kept(project: Path, agent_id: str) -> None:
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
    assert answer(run_hook("subagent_stop", event("SubagentStop", project))) == {}
    assert ask(project, "SELECT state FROM turn") == [("queued",)]


def test_who_has_answered_may_leave(project: Path) -> None:
    quest(project, "respond", "--quest", "1", "--msg", "Completed: x", "--as", "a12")
    assert answer(run_hook("subagent_stop", event("SubagentStop", project))) == {}


def test_the_clients_own_compaction_is_not_an_end(project: Path) -> None:
    assert answer(run_hook("subagent_stop", {**event("SubagentStop", project), "agent_type": ""})) == {}


def test_a_waiting_turn_is_told_in_one_line(project: Path) -> None:
    def told() -> list[str]:
        found = answer(run_hook("subagent_start", event("SubagentStart", project, "a99")))
        return [line for line in found["hookSpecificOutput"]["additionalContext"].splitlines() if "quest 1" in line]

    assert told() == [], "the only turn is taken"
    quest(project, "message", "--quest", "1", "--to", WORKER, "--msg", "SECRET-TEXT")
    assert len(told()) == 1
    assert "Turn 2" in told()[0]
    assert "SECRET-TEXT" not in told()[0]


@pytest.mark.parametrize("fault", ["garbage", "folder", "busy", "no scripts"])
def test_a_board_that_cannot_be_read_costs_nothing_but_its_news(project: Path, fault: str, tmp_path: Path) -> None:
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
    for hook in ("pre_tool_use", "post_tool_use", "subagent_stop"):
        done = run_hook(hook, event("PostToolUse", project), folder=hooks)
        assert done.returncode == 0
        if fault != "busy":  # in WAL mode a reader still reads
            assert done.stdout == b""
    if holder:
        holder.close()


def test_without_a_board_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    before = read_tree(tmp_path)
    for hook in ("pre_tool_use", "post_tool_use", "subagent_stop", "subagent_start"):
        run_hook(hook, event("PostToolUse", tmp_path), env={"PWD": os.fspath(tmp_path)})
    assert read_tree(tmp_path) == before

"""A quest as hooks meet it: the scripts as agents run them, the board's rows, and the events that the client sends."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from support import ROOT

WORKER = "ops.performance"


def quest(project: Path, verb: str, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    """Run a quest script; return what it printed."""
    script = ROOT / "scripts" / "acolytes_quest" / f"quest_{verb.replace('-', '_')}.py"
    command = [sys.executable, "-I", "-S", str(script), *arguments]
    return subprocess.run(
        command, cwd=project, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=True
    ).stdout


def ask(project: Path, sql: str) -> list[tuple[Any, ...]]:
    """Ask the board's file, or change it."""
    with closing(sqlite3.connect(project / ".claude/acolytes/quests.db")) as connection:
        rows = connection.execute(sql).fetchall()
        connection.commit()
    return rows


def event(name: str, project: Path, agent_id: str = "a12", **more: Any) -> dict[str, Any]:
    """An event of a subagent as the client sends it."""
    return {
        "hook_event_name": name,
        "session_id": "client-1",
        "agent_id": agent_id,
        "agent_type": WORKER,
        "cwd": str(project),
        "tool_name": "Read",
        "tool_input": {},
        "stop_hook_active": False,
        **more,
    }


def take_turn(project: Path, session: str, agent: str = WORKER) -> None:
    """Give `agent` a turn of quest 1 and let `session` take it."""
    quest(project, "message", "--quest", "1", "--to", agent, "--msg", "work")
    quest(project, "monitor", "--role", "worker", "--agent", agent, "--as", session, "--timeout", "0")

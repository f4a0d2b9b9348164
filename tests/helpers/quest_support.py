"""Calling the quest commands from tests: in this process, and as the scripts that agents run."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from acolytes_quest import cli
from acolytes_quest.hooks import api as hook_api
from acolytes_quest.stores import postgres_engine
from acolytes_quest.stores.engine import Board, Listener
from acolytes_quest.stores.postgres_engine import PostgresBoard
from acolytes_quest.verb_table import script_name

SCRIPTS = Path(cli.__file__).resolve().parent
PYTHON = str(getattr(sys, "_base_executable", sys.executable))


class Clock:
    """A clock that only a test moves: `(boot, seconds)`."""

    def __init__(self) -> None:
        self.boot = "boot-1"
        self.seconds = 1000.0

    def __call__(self) -> tuple[str, float]:
        return self.boot, self.seconds


class Cli:
    """`acolytes-quest` in this process: `ok` and `data` expect success, `refused` one line with an error."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def run(self, *words: object, stdin: bytes = b"") -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        self._capsys.readouterr()
        code = cli.main([str(word) for word in words])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def ok(self, *words: object, stdin: bytes = b"") -> str:
        code, out, err = self.run(*words, stdin=stdin)
        assert (code, err) == (0, "")
        return out

    def data(self, *words: object) -> Any:
        return json.loads(self.ok(*words, "--json"))

    def refused(self, *words: object, code: int = 2, stdin: bytes = b"") -> str:
        got, out, err = self.run(*words, stdin=stdin)
        assert (got, out) == (code, ""), err
        assert err.startswith("acolytes-quest: ")
        assert err.count("\n") == 1
        return err.rstrip("\n")


def waiting_turn(here: str, environ: Mapping[str, str], agent: str) -> tuple[int, int] | None:
    """Return (quest, turn) of the turn that a hook finds for `agent`."""
    turn = hook_api.waiting_turn(here, environ, agent)
    return (turn.quest, turn.turn) if turn else None


def keep(here: str, environ: Mapping[str, str], session: str) -> tuple[int, int, int, bool] | None:
    """Return (quest, turn, times, released) of the turn that a hook keeps `session` for."""
    turn = hook_api.keep(here, environ, session)
    return (turn.quest, turn.turn, turn.times, turn.released) if turn else None


def create(cli: Cli, agents: str = "w1,w2", *words: str) -> int:
    return int(cli.ok("create", "--mission", "Survive the peak", "--agents", agents, *words))


def contents(project: Path) -> list[tuple[object, ...]]:
    """Return every row of the board."""
    board = sqlite3.connect(project / ".claude/acolytes/quests.db")
    tables = [name for (name,) in board.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    rows = [(table, *row) for table in tables for row in board.execute(f"SELECT * FROM {table}")]
    board.close()
    return rows


def command(verb: str, *words: object) -> list[str]:
    return [PYTHON, "-I", "-S", str(SCRIPTS / script_name(verb)), *(str(word) for word in words)]


def script(
    verb: str, *words: object, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a quest script as an installed one is run."""
    return subprocess.run(
        command(verb, *words), cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=60
    )


def eventually(condition: Callable[[], bool], what: str, patience: float = 30) -> None:
    """Wait until the condition holds; fail after a time (seconds) that no healthy machine needs."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.01)


def settle(board: Board, *listeners: Listener) -> None:
    """Let all begin to listen; who does may be woken without news, on a server by another thread and so later."""
    for listener in listeners:
        listener.wait(0)
    if isinstance(board, PostgresBoard):
        eventually(lambda: _shows_listeners(board), "somebody listens for all of them")
    for listener in listeners:
        listener.wait(0)


def _shows_listeners(board: PostgresBoard) -> bool:
    """Whether the server shows who listens: that begins after the first ring."""
    sql = (
        "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = ?"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1"
    )
    with board.read() as tx:
        return tx.exists(sql, postgres_engine._WAITING)


def bells(project: Path, agent: str) -> list[Path]:
    """Return the bells of the processes that wait as `agent`."""
    return list((project / ".claude/acolytes/quests.db-bells").glob(f"{agent}@*"))


def git(folder: Path, *words: str) -> None:
    """Run real git in a folder."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)

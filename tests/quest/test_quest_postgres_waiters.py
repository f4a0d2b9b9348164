"""Many processes that wait on one machine: one connection for all of them, and each is woken."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from postgres_server import PostgresServer
from quest_support import Cli, command, create, eventually

WAITERS = 20
LIMIT = 8
SECONDS = 60
NEVER = 600  # seconds, of a wait that must be woken


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    postgres.run("DROP ROLE IF EXISTS crowd")
    postgres.run(f"CREATE ROLE crowd LOGIN CONNECTION LIMIT {LIMIT}")
    with postgres.board_database() as name:
        postgres.run(f"GRANT CREATE ON DATABASE {name} TO crowd")
        postgres.run("DROP SCHEMA acolytes_quest CASCADE", name)
        yield name
        postgres.run("DROP OWNED BY crowd", name)


@pytest.fixture
def environ(postgres: PostgresServer, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.url(database, "crowd"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("ACOLYTES_QUEST_PYTHON", sys.executable)
    monkeypatch.setenv("ACOLYTES_QUEST_POLL", str(NEVER))  # so that only a ring wakes
    return dict(os.environ)


class Waiters:
    """So many monitors in the project, each as a worker of its own name. Their bells are in `folder`."""

    def __init__(self, environ: dict[str, str], folder: Path, number: int) -> None:
        words = ("--role", "worker", "--timeout", NEVER, "--agent")
        self.processes = {
            f"w{count}": subprocess.Popen(
                command("monitor", *words, f"w{count}"),
                env=environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for count in range(number)
        }
        eventually(lambda: len(list(folder.glob("acolytes-quest-*/w*@*"))) == number, "all of them wait", SECONDS)

    def kill(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.communicate()


@pytest.fixture
def waiters(cli: Cli, environ: dict[str, str], tmp_path: Path) -> Iterator[Waiters]:
    create(cli, ",".join(f"w{number}" for number in range(WAITERS)))
    waiters = Waiters(environ, tmp_path, WAITERS)
    yield waiters
    waiters.kill()


def connections(postgres: PostgresServer) -> int:
    return len(postgres.run("SELECT 1 FROM pg_stat_activity WHERE usename = 'crowd'"))


def test_waiters_leave_connections_to_the_leader_and_all_are_woken(
    cli: Cli, waiters: Waiters, postgres: PostgresServer
) -> None:
    eventually(lambda: connections(postgres) <= 2, "only who listens for all is connected")
    for name in waiters.processes:
        cli.ok("message", "--quest", 1, "--to", name, "--msg", f"for {name}")
    for name, process in waiters.processes.items():
        out, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, out
        assert f"for {name}" in out


def test_when_who_listens_is_killed_another_one_does(cli: Cli, waiters: Waiters, postgres: PostgresServer) -> None:
    """Whoever it is: all but two are killed, one after the other."""
    last = list(waiters.processes)[-2:]
    for name in list(waiters.processes)[:-2]:
        process = waiters.processes.pop(name)
        process.kill()
        process.communicate()
    eventually(lambda: 1 <= connections(postgres) <= 2, "another one listens")
    for name in last:
        cli.ok("message", "--quest", 1, "--to", name, "--msg", f"for {name}")
        assert f"for {name}" in waiters.processes[name].communicate(timeout=SECONDS)[0]


def test_all_are_woken_after_the_connection_of_who_listens_was_cut(
    cli: Cli, waiters: Waiters, postgres: PostgresServer
) -> None:
    eventually(lambda: connections(postgres) <= 2, "only who listens for all is connected")
    postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'crowd'")
    cli.ok("message", "--quest", 1, "--to", "all", "--msg", "now")
    for process in waiters.processes.values():
        assert "now" in process.communicate(timeout=SECONDS)[0]

"""Many processes that wait on one machine: one connection for all of them, and each is woken."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from postgres_server import PostgresServer
from quest_support import Cli, command, create, eventually

WAITERS = 20
LIMIT = 8
SECONDS = 60  # until something counts as never happening; each process, and each step of a test, has as long
FOREVER = 3600  # longer than a test: a waiter ends because it is woken or killed, and not by its own time


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
    monkeypatch.setenv("ACOLYTES_QUEST_POLL", str(FOREVER))  # so that only a ring wakes
    return dict(os.environ)


class Waiters:
    """So many monitors in the project, each as a worker of its own name. Their bells are in `folder`."""

    def __init__(self, environ: dict[str, str], folder: Path, number: int) -> None:
        self._folder = folder
        words = ("--role", "worker", "--timeout", FOREVER, "--agent")
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
        for name in self.processes:
            eventually(partial(self._waits, name), f"{name} waits", SECONDS)

    def _waits(self, name: str) -> bool:
        return any(self._folder.glob(f"acolytes-quest-*/{name}@*"))

    def kill(self, *names: str) -> None:
        for name in names or list(self.processes):
            process = self.processes.pop(name)
            process.kill()
            process.communicate()

    def take(self, name: str) -> str:
        """Return what a waiter prints when it has been woken."""
        process = self.processes.pop(name)
        out, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, out
        return out


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
    eventually(lambda: connections(postgres) <= 2, "only who listens for all is connected", SECONDS)
    names = list(waiters.processes)
    for name in names:
        cli.ok("message", "--quest", 1, "--to", name, "--msg", f"for {name}")
    for name in names:
        assert f"for {name}" in waiters.take(name)


def test_when_who_listens_is_killed_another_one_does(
    cli: Cli, waiters: Waiters, postgres: PostgresServer, tmp_path: Path
) -> None:
    """Whoever it is: all but two are killed, one after the other. The last one removes what the killed ones left."""
    *killed, first, second = waiters.processes
    for name in killed:
        waiters.kill(name)
    eventually(lambda: 1 <= connections(postgres) <= 2, "another one listens", SECONDS)
    for name in (first, second):
        cli.ok("message", "--quest", 1, "--to", name, "--msg", f"for {name}")
        assert f"for {name}" in waiters.take(name)
    assert list(tmp_path.glob("acolytes-quest-*")) == []


def test_all_are_woken_after_the_connection_of_who_listens_was_cut(
    cli: Cli, waiters: Waiters, postgres: PostgresServer
) -> None:
    eventually(lambda: connections(postgres) <= 2, "only who listens for all is connected", SECONDS)
    postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'crowd'")
    cli.ok("message", "--quest", 1, "--to", "all", "--msg", "now")
    for name in list(waiters.processes):
        assert "now" in waiters.take(name)

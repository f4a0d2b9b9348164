"""The parts that the cases share: an installation in a scratch home."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from client_quest import add_foreign_agent
from client_user import User, pinned_client
from installed_home import InstalledHome
from postgres_server import PostgresServer, running


class Installations:
    """One installation, which is put back for each use. With a `server`, each use has an empty board there."""

    def __init__(self, folder: Path, server: PostgresServer | None) -> None:
        self._home = InstalledHome.make(folder)
        self._server = server

    @contextmanager
    def user(self) -> Iterator[BenchUser]:
        """A user who has just installed, with an agent of another's definition."""
        self._home.restore()
        client = pinned_client()
        if client is None:
            raise SystemExit("no client found: install claude-agent-sdk, or put claude on PATH")
        with self._board() as variables:
            user = BenchUser(self._home.home, self._home.project, client, variables=variables)
            add_foreign_agent(user)
            yield user

    @contextmanager
    def _board(self) -> Iterator[dict[str, str]]:
        """Give the variables that name an empty board, where it is not a file."""
        if self._server is None:
            yield {}
            return
        with self._server.board_database() as name:
            yield {"ACOLYTES_QUEST_URL": self._server.url(name), "ACOLYTES_QUEST_PYTHON": sys.executable}


class BenchUser(User):
    """A user whose commands are measured."""

    def quest(self, *arguments: str) -> str:
        """Run `acolytes-quest` as this user would in a terminal."""
        started = self.start(*arguments)
        printed, _ = started.communicate()
        if started.returncode:
            raise SystemExit(f"acolytes-quest {' '.join(arguments)}: exit {started.returncode}")
        return printed

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `acolytes-quest`, and do not wait for its end."""
        return subprocess.Popen(
            [self.home / ".local/share/acolytes/bin/acolytes-quest", *arguments],
            cwd=self.project,
            env=self.environ(),
            stdout=subprocess.PIPE,
            text=True,
        )


@contextmanager
def installations(*, on_server: bool) -> Iterator[Installations]:
    """Install once for a run of the bench."""
    folder = Path(tempfile.mkdtemp())
    try:
        with running() if on_server else nullcontext() as server:
            yield Installations(folder, server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)

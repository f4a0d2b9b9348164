"""The parts that the cases share: an installation in a scratch home, rows of the table, and statistics."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from client_quest import add_foreign_agent
from client_user import User, pinned_client
from installed_home import InstalledHome


@dataclass(frozen=True)
class Row:
    """One figure; `most` is its limit."""

    case: str
    what: str
    value: float
    unit: str
    most: float | None = None

    @property
    def missed(self) -> bool:
        """Whether the figure is above its limit."""
        return self.most is not None and self.value > self.most


class Installations:
    """One installation, which is put back for each use."""

    def __init__(self, folder: Path) -> None:
        self._home = InstalledHome.make(folder)

    @contextmanager
    def user(self) -> Iterator[BenchUser]:
        """A user who has just installed, with an agent of another's definition."""
        self._home.restore()
        client = pinned_client()
        if client is None:
            raise SystemExit("no client found: install claude-agent-sdk, or put claude on PATH")
        user = BenchUser(self._home.home, self._home.project, client)
        add_foreign_agent(user)
        yield user


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
            env={"HOME": str(self.home), "PATH": os.environ["PATH"]},
            stdout=subprocess.PIPE,
            text=True,
        )


def percentile(values: list[float], percent: float) -> float:
    """Return the value that `percent` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]


@contextmanager
def installations() -> Iterator[Installations]:
    """Install once for a run of the bench."""
    folder = Path(tempfile.mkdtemp())
    try:
        yield Installations(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)

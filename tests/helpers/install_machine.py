"""A user's machine in memory, on which the real verbs run as processes that can be killed, and start at once."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from support import build_tree

AGENT = "---\nname: {name}\ndescription: Use when {use}\n---\nbody\n\nmore\n"
OLD = {f"agents/{name}.md": AGENT.format(name=name, use="old") for name in ("one", "two", "four", "five")}
NEW = {f"agents/{name}.md": AGENT.format(name=name, use="new") for name in ("one", "two", "three", "five")}
USERS = {
    ".bashrc": "mine\n",
    ".claude/settings.json": '{"model": "opus"}',
    ".claude/agents/mine.md": "mine\n",
    ".local/share/other": "mine\n",
}
INSTALL = ("install", "--yes", "--templates", "old")
UPDATE = ("update", "--yes", "--templates", "new")


class Machine:
    """A user's home, and processes that have everything imported and live as long as they may.

    The verbs run in ``folder``, which holds the templates ``old`` and ``new``.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.target = self.home / ".claude"
        self.said = folder / "said"
        build_tree(folder / "old", OLD)
        build_tree(folder / "new", NEW)
        build_tree(self.home, USERS)
        monkeypatch.setenv("HOME", str(self.home))
        monkeypatch.setenv("TMPDIR", str(folder))
        # here, so that every process that is forked from this one has everything imported
        assert main(["install", "--dry-run", "--templates", str(folder / "old")]) == 0

    def start(self, verb: Sequence[str]) -> int:
        """Start a verb; returns its process. Its errors are in ``said``."""
        pid = os.fork()
        if not pid:
            os.chdir(self.folder)
            with open(os.devnull, "w") as sys.stdout, self.said.open("w", buffering=1) as sys.stderr:
                os._exit(main([*verb]))
        return pid

    def run(self, verb: Sequence[str], seconds: float | None = None) -> int:
        """Run a verb; returns its exit code, or -9 when it was killed after so many seconds."""
        pid = self.start(verb)
        if seconds is not None:
            time.sleep(seconds)
            os.kill(pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def timed(self, verb: Sequence[str]) -> tuple[float, float, float]:
        """Run a verb to its end; returns when its journal was there first and last, and how long it took."""
        seen = []
        begin = time.monotonic()
        pid = self.start(verb)
        while os.waitpid(pid, os.WNOHANG) == (0, 0):
            if (self.target / "acolytes/journal.json").exists():
                seen.append(time.monotonic() - begin)
            time.sleep(0.0002)
        return seen[0], seen[-1], time.monotonic() - begin

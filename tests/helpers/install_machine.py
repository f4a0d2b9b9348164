"""A user's machine in memory, on which the real verbs run as processes that can be killed, and start at once."""

from __future__ import annotations

import dis
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

import acolytes_cc
from acolytes_cc import signals
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
VERBS = {
    "install": INSTALL,
    "update": UPDATE,
    "resolve": ("resolve", "two", "--theirs"),
    "rollback": ("rollback", "--yes"),
    "forward": ("forward", "--yes"),
    "uninstall": ("uninstall", "--yes"),
}
# one to merge, one to keep as it is
EDITS = {
    ".claude/agents/one.md": OLD["agents/one.md"] + "my own line\n",
    ".claude/agents/two.md": AGENT.format(name="two", use="my own words"),
}


Tree = dict[str, tuple[str, bytes]]
INTERRUPTED = (str(Path(acolytes_cc.__file__).parent / "install"), signals.__file__, tempfile.__file__)


class Moments:
    """The moments at which Python can run the handler of a signal: after each call in the installer's own code.

    Each place in the code counts once.
    """

    def __init__(self, number: int, at: int) -> None:
        self.number, self.at, self.count = number, at, 0
        self.places: dict[CodeType, set[int]] = {}

    def trace(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        if not frame.f_code.co_filename.startswith(INTERRUPTED):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if frame.f_code not in self.places:
            rows = [*dis.get_instructions(frame.f_code)]
            self.places[frame.f_code] = {
                row.offset
                for before, row in pairwise(rows)
                if before.opname.startswith(("CALL", "RESUME", "JUMP_BACKWARD"))
            }
        return self.inside

    def inside(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        places = self.places[frame.f_code]
        if event == "opcode" and frame.f_lasti in places:
            places.remove(frame.f_lasti)
            self.count += 1
            if self.count == self.at:
                sys.settrace(None)
                signal.raise_signal(self.number)
        return self.inside


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

    def interrupted(self, verb: Sequence[str], number: int, at: int) -> int:
        """Run a verb that gets a signal at one moment; returns its exit code.

        Args:
            verb: The verb and its options.
            number: The signal.
            at: The moment; 0 for none, and then ``moments`` has how many there are.
        """
        pid = os.fork()
        if not pid:
            os.chdir(self.folder)
            with open(os.devnull, "w") as sys.stdout, self.said.open("w", buffering=1) as sys.stderr:
                moments = Moments(number, at)
                sys.settrace(moments.trace)
                code = main([*verb])
                sys.settrace(None)
                (self.folder / "moments").write_text(str(moments.count))
                os._exit(code)
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


class Scene(Machine):
    """A machine whose home can be put back as it was before each verb."""

    def prepare(self) -> None:
        """Go once through all verbs, and keep the home as it was before each."""
        self._keep("install")
        assert self.run(INSTALL) == 0
        build_tree(self.home, EDITS)
        (self.target / "agents/five.md").unlink()
        self._keep("update")
        assert self.run(UPDATE) == 0
        assert (self.target / "acolytes/conflicts/agents/two.md").exists()
        self._keep("resolve")
        self._keep("rollback")
        self._keep("uninstall")
        assert self.run(VERBS["rollback"]) == 0
        self._keep("forward")

    def begin(self, verb: str) -> None:
        shutil.rmtree(self.home)
        shutil.copytree(self.folder / f"before {verb}", self.home)

    def _keep(self, verb: str) -> None:
        shutil.copytree(self.home, self.folder / f"before {verb}")

    @property
    def phase(self) -> str:
        """How far the verb that was killed had come."""
        try:
            journal = json.loads((self.target / "acolytes/journal.json").read_bytes())
        except FileNotFoundError:
            return "outside"
        return "changing" if journal["changes"] else "staging"


def differences(one: Tree, other: Tree) -> list[str]:
    return sorted(path for path in {*one, *other} if one.get(path) != other.get(path))

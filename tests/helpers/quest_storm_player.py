"""One process of the storm: it calls the real commands in a loop until it is killed. `quest_storm_roles` says which.

What a command has acknowledged goes to the player's journal, after its return and in one write: a killed process leaves
what it wrote. The command that was running at a kill is in no journal, and may have taken place or not.
"""

from __future__ import annotations

import contextlib
import io
import json
import mmap
import os
import random
import signal
import sqlite3
import struct
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

from acolytes_quest import cli
from acolytes_quest.stores import bell, database, sqlite_engine

# The verbs at whose statements a process is killed, by the role that calls them.
LEADERS_VERBS = ("create", "message", "monitor", "complete", "note", "add-member", "phase", "cancel", "handover")
WORKERS_VERBS = ("message", "monitor", "respond", "release")
VERBS = tuple(dict.fromkeys((*LEADERS_VERBS, *WORKERS_VERBS)))
OUTLIVED = 7  # exit code: the call had fewer statements than the boundary at which it should have died
_STEP_SECONDS = 100 * 86_400.0


def run(*words: object) -> tuple[int, dict[str, Any], str]:
    """Call one command in this process; return its exit code, its JSON output, and its error message."""
    out, complaint = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaint):
        code = cli.main([*(str(word) for word in words), "--json"])
    return code, json.loads(out.getvalue() or "{}"), complaint.getvalue().strip()


class Counters:
    """Numbers in memory that all processes share: one for each player, and the sign to stop."""

    def __init__(self, players: int) -> None:
        self._memory = mmap.mmap(-1, 8 * (players + 1))
        self._players = players

    def answered(self) -> int:
        return sum(struct.unpack_from(f"{self._players}q", self._memory, 8))

    def add(self, player: int) -> None:
        (number,) = struct.unpack_from("q", self._memory, 8 * (player + 1))
        struct.pack_into("q", self._memory, 8 * (player + 1), number + 1)

    @property
    def stopped(self) -> bool:
        return self._memory[0] != 0

    def stop(self) -> None:
        self._memory[0] = 1


class Death:
    """Kills this process at the n-th boundary of its next call of one verb: before a statement, or before the bell."""

    def __init__(self, verb: str, boundary: int) -> None:
        self.verb = verb
        self._boundary = boundary
        self._left = 0
        connect, ring = database.connect, bell.ring

        def traced(path: str, mode: str, busy: float) -> sqlite3.Connection:
            connection = connect(path, mode, busy)
            connection.set_trace_callback(lambda _statement: self._pass())
            return connection

        def rung(folder: str, agents: Iterable[str]) -> None:
            self._pass()
            ring(folder, agents)

        # In this process alone: nothing else of the storm is replaced.
        vars(database)["connect"] = traced
        vars(sqlite_engine)["ring"] = rung

    def arm(self) -> None:
        self._left = self._boundary

    def _pass(self) -> None:
        if self._left == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left = max(self._left - 1, 0)


class Player:
    """The parts of leaders and workers: the journal, randomness, a wall clock that jumps, and a planned death."""

    def __init__(self, number: int, journal: Path, seed: str, counters: Counters, death: Death | None) -> None:
        self.number = number
        self.chance = random.Random(seed)
        self.counters = counters
        self.death = death
        self.earlier = read_journal(journal)
        self._journal = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._step = 0.0
        real = time.time
        vars(time)["time"] = lambda: real() + self._step

    def call(self, verb: str, *words: object, **noted: object) -> dict[str, Any] | None:
        """Call a command and write its result, with `noted`, to the journal; return its reply, None for a refusal.

        If the board is too busy (exit code 3), the command is called again.
        """
        if self.chance.random() < 0.02:
            self._step = self.chance.uniform(-_STEP_SECONDS, _STEP_SECONDS)
        fated = self.death is not None and self.death.verb == verb
        if fated and self.death:
            self.death.arm()
        began = time.monotonic()
        code, reply, complaint = run(verb, *words)
        while code == 3:
            self._write({"verb": verb, "code": code, "complaint": complaint})
            code, reply, complaint = run(verb, *words)
        noted = {"process": os.getpid(), "began": began, "ended": time.monotonic(), **noted}
        self._write({"verb": verb, "code": code, "complaint": complaint, "reply": reply, **noted})
        if fated:
            os._exit(OUTLIVED)
        return reply if code == 0 else None

    def _write(self, entry: dict[str, object]) -> None:
        os.write(self._journal, json.dumps(entry).encode() + b"\n")


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Return the journal's entries, oldest first."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def play(role: Callable[[Player], None], player: Player) -> NoReturn:
    """Do what `role` does until told to stop, then end the process. A defect of the storm itself is exit 1."""
    try:
        role(player)
    except Exception:  # noqa: BLE001  the driver reports the exit code, and what it was is on standard error
        traceback.print_exc()
        os._exit(1)
    os._exit(0)

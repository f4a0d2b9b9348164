"""One process of the storm: a leader or a worker that calls the real commands in a loop until it is killed.

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
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from acolytes_quest import cli
from acolytes_quest.hooks import api
from acolytes_quest.stores import bell, database, sqlite_engine

WORKERS = [f"w{number}" for number in range(6)]
VERBS = ("create", "message", "monitor", "respond", "complete")
OUTLIVED = 7  # exit code: the call had fewer statements than the boundary at which it should have died
TURNS_A_QUEST = 10
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
        code, reply, complaint = run(verb, *words)
        while code == 3:
            self._write({"verb": verb, "code": code, "complaint": complaint})
            code, reply, complaint = run(verb, *words)
        self._write({"verb": verb, "code": code, "complaint": complaint, "reply": reply, **noted})
        if fated:
            os._exit(OUTLIVED)
        return reply if code == 0 else None

    def _write(self, entry: dict[str, object]) -> None:
        os.write(self._journal, json.dumps(entry).encode() + b"\n")


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Return the journal's entries, oldest first."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def lead(player: Player) -> None:
    """Lead one quest after the other. After a restart it goes on with the last quest in its journal."""
    created = [entry["reply"]["quest"] for entry in player.earlier if entry["verb"] == "create" and entry["code"] == 0]
    over = {entry["quest"] for entry in player.earlier if entry["verb"] == "complete" and entry["code"] == 0}
    session = f"leader-{player.number}"
    if player.earlier:
        api.resume_leading(os.curdir, os.environ, session)
    if created and created[-1] not in over:
        _lead_one(player, created[-1], session)
    while not player.counters.stopped:
        agents = ",".join(player.chance.sample(WORKERS, 2))
        mission = f"by player {player.number}"
        made = player.call("create", "--mission", mission, "--agents", agents, "--as", session, agents=agents)
        if made:
            _lead_one(player, made["quest"], session)


def _lead_one(player: Player, quest: int, session: str) -> None:
    earlier = 0
    for number in range(TURNS_A_QUEST // 2):
        text = f"quest {quest}, task {number} \N{SNOWMAN} " + "x" * (number * 50)
        after = ["--after", earlier] if earlier and number % 2 else []
        words = ("--quest", quest, "--to", "all", "--msg", text, "--key", f"k{number}", "--as", session, *after)
        sent = player.call("message", *words, quest=quest, text=text)
        if sent is None:
            return  # the incarnation before had ended the quest, and could not note it
        earlier = sent["messages"][0]["turn"]
    for _ in range(2000):
        words = ("--role", "leader", "--quest", quest, "--timeout", 1, "--as", session)
        news = player.call("monitor", *words, quest=quest, process=os.getpid())
        if news is None or news.get("status") == "ended":
            return
        if news["status"] == "timeout" and not news["turns"]:
            words = ("--quest", quest, "--summary", f"quest {quest} is done", "--as", session)
            if player.call("complete", *words, quest=quest, summary=words[3]):
                return


def work(player: Player) -> None:
    """Take turns and answer them, some of them late, twice, or with another text afterwards."""
    chance = player.chance
    agent = WORKERS[player.number % len(WORKERS)]
    # As an agent that repeats its commands, as a new agent of the same name, or as an anonymous one.
    session = chance.choice([f"s{player.number}", f"s{player.number}-{chance.randrange(10**9)}", None])
    identity = ["--as", session] if session else []
    while not player.counters.stopped:
        news = player.call("monitor", "--role", "worker", "--agent", agent, "--timeout", 1, *identity, session=session)
        if news is None or news["status"] != "turn":
            continue
        quest, turn, fence = news["quest"], news["turn"], news["fence"]
        if chance.random() < 0.1:
            text = f"note on turn {turn} {chance.random()}"
            words = ("--quest", quest, "--to", "leader", "--from", agent, "--msg", text, *identity)
            player.call("message", *words, quest=quest, text=text)
        if chance.random() < 0.02:
            os.kill(os.getpid(), signal.SIGSTOP)  # the driver lets it go on when its lease has ended
        text = f"Completed: turn {turn}, fence {fence}, player {player.number}"
        respond = ["--quest", quest, "--turn", turn, "--fence", fence, "--agent", agent, *identity, "--msg"]
        noted = {"quest": quest, "turn": turn, "fence": fence}
        if player.call("respond", *respond, text, text=text, **noted) is not None:
            player.counters.add(player.number)
        if chance.random() < 0.05:
            player.call("respond", *respond, text, text=text, **noted)
        if chance.random() < 0.05:
            other = f"{text}, another answer"
            player.call("respond", *respond, other, text=other, second=True, **noted)


def play(player: Player, *, leads: bool) -> NoReturn:
    """Be a leader or a worker until told to stop, then end the process. A defect of the storm itself is exit 1."""
    try:
        (lead if leads else work)(player)
    except Exception:  # noqa: BLE001  the driver reports the exit code, and what it was is on standard error
        traceback.print_exc()
        os._exit(1)
    os._exit(0)

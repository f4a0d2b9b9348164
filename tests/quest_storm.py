"""A storm on an SQLite board: processes that lead and work are killed, stopped past their lease and have clocks jump.

SIGKILL comes at random moments and at every statement boundary of every verb in turn; SIGSTOP lasts longer than the
lease; the wall clock jumps by up to 100 days (CLOCK_MONOTONIC, which leases go by, nobody can set). Afterwards the
journals of the processes are compared with the board.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quest_storm_player import OUTLIVED, VERBS, Counters, Death, Player, play, read_journal, run

LEASE_SECONDS = 0.5
_TICK_SECONDS = 0.002
_STOPS_A_KILL = 0.02


class Storm:
    """`players` processes on a board in `folder`, a fourth of them leaders; fewer than 8 leave names without one."""

    def __init__(self, folder: Path, *, players: int, seed: int) -> None:
        self._folder = folder
        self._seed = seed
        self._chance = random.Random(seed)
        self._players = players
        self._leaders = players // 4
        self._counters = Counters(players)
        self._running: dict[int, int] = {}  # process by player
        self._incarnation = [0] * players
        self._fate: dict[int, tuple[str, int]] = {}
        self._paused: dict[int, float] = {}  # when to continue, by player
        self._next_boundary = dict.fromkeys(VERBS, 1)
        self.boundaries = dict.fromkeys(VERBS, 0)  # the highest at which a call of the verb died
        self.rounds = dict.fromkeys(VERBS, 0)  # how often every boundary of the verb had its turn
        self.kills = 0
        self.boundary_kills = 0
        self.stops = 0
        self.broken: list[str] = []

    def rage(self, *, turns: int, kills: int, patience: float) -> None:
        """Go on until `turns` turns are answered and `kills` processes are killed, at most `patience` seconds."""
        deadline = time.monotonic() + patience
        with _settings(self._folder):
            run("create", "--mission", "makes the board", "--agents", "w0")
            try:
                while (self.answered < turns or self.kills < kills) and time.monotonic() < deadline:
                    self._look_after()
                    if self.kills < kills * min((self.answered + 1) / turns, 1):
                        self._strike()
                    time.sleep(_TICK_SECONDS)
            finally:
                self._end()

    @property
    def answered(self) -> int:
        """How many answers were acknowledged so far."""
        return self._counters.answered()

    def calm(self) -> None:
        """Finish the quests with the usual verbs: take every turn, answer it, complete every quest."""
        time.sleep(LEASE_SECONDS)
        with _settings(self._folder):
            while quests := run("status")[1]["quests"]:
                for quest in quests:
                    _finish(quest["quest"])

    def findings(self) -> list[str]:
        """Return everything that was acknowledged and is not there, and whatever else is wrong; a line each."""
        with _settings(self._folder):
            code, output, complaint = run("check")
        problems = list(self.broken)
        if code:
            problems.append(f"check: {complaint or output}")
        with contextlib.closing(sqlite3.connect(self._folder / "quests.db")) as board:
            problems += _lost(board, self.acknowledged())
        return problems

    def acknowledged(self) -> list[dict[str, Any]]:
        """Return every entry of every journal, refusals (code 2) and busy boards (code 3) among them."""
        return [entry for player in range(self._players) for entry in read_journal(self._journal(player))]

    def _journal(self, player: int) -> Path:
        return self._folder / f"player{player}.journal"

    def _look_after(self) -> None:
        """Start who is not there, let go on who has been stopped for long enough, and note who has ended and why."""
        for player in range(self._players):
            process = self._running.get(player)
            if process is None:
                self._start(player)
                continue
            ended, status = os.waitpid(process, os.WNOHANG | os.WUNTRACED)
            if not ended:
                if player in self._paused and self._paused[player] < time.monotonic():
                    del self._paused[player]
                    os.kill(process, signal.SIGCONT)
            elif os.WIFSTOPPED(status):
                self.stops += 1
                self._paused[player] = time.monotonic() + LEASE_SECONDS * 1.4
            else:
                self._note_end(player, status)

    def _note_end(self, player: int, status: int) -> None:
        del self._running[player]
        self._paused.pop(player, None)
        verb, boundary = self._fate.pop(player, ("", 0))
        if os.WIFSIGNALED(status):
            self.kills += 1
            if verb:
                self.boundary_kills += 1
                self.boundaries[verb] = max(self.boundaries[verb], boundary)
                self._next_boundary[verb] = boundary + 1
        elif verb and os.WEXITSTATUS(status) == OUTLIVED:
            self._next_boundary[verb] = 1
            self.rounds[verb] += 1
        elif os.WEXITSTATUS(status):
            self.broken.append(f"player {player} ended with {os.WEXITSTATUS(status)}")

    def _start(self, player: int, fate: tuple[str, int] | None = None) -> None:
        self._incarnation[player] += 1
        process = os.fork()
        if process == 0:
            try:
                death = Death(*fate) if fate else None
                seed = f"{self._seed}/{player}/{self._incarnation[player]}"
                play(Player(player, self._journal(player), seed, self._counters, death), leads=player < self._leaders)
            except BaseException:  # noqa: BLE001  the copy of the driver must end here, whatever happens
                traceback.print_exc()
                os._exit(1)
        self._running[player] = process
        if fate:
            self._fate[player] = fate

    def _strike(self) -> None:
        """Stop a process, kill one, or kill one to start it again with the boundary at which it will die.

        At most one process a verb goes towards such a boundary, and nothing else is done to it.
        """
        player = self._chance.choice([player for player in self._running if player not in self._fate])
        if self._chance.random() < _STOPS_A_KILL:
            os.kill(self._running[player], signal.SIGSTOP)
            return
        self._kill(player)
        leads = player < self._leaders
        verbs = ("create", "message", "monitor", "complete") if leads else ("message", "monitor", "respond")
        verb = self._chance.choice(verbs)
        if self._chance.random() < 0.5 and verb not in {fated for fated, _ in self._fate.values()}:
            self._start(player, (verb, self._next_boundary[verb]))

    def _kill(self, player: int) -> None:
        process = self._running.get(player)
        if process is not None:
            self._fate.pop(player, None)  # it dies of something else
            os.kill(process, signal.SIGKILL)
            self._note_end(player, os.waitpid(process, 0)[1])

    def _end(self) -> None:
        self._counters.stop()
        for player in sorted(self._running):
            self._kill(player)


@contextlib.contextmanager
def _settings(folder: Path) -> Iterator[None]:
    """The board of the storm, as the environment of every command names it."""
    before = dict(os.environ)
    os.environ.update(
        ACOLYTES_QUEST_DB=str(folder / "quests.db"),
        ACOLYTES_QUEST_LEASE=str(LEASE_SECONDS),
        ACOLYTES_QUEST_BUSY="60",
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _finish(quest: int) -> None:
    for agent in _workers(quest):
        worker = ("--role", "worker", "--agent", agent, "--as", f"supervisor-{agent}", "--quest", quest)
        while (reply := run("monitor", *worker, "--timeout", 0)[1])["status"] == "turn":
            answer = ("--turn", reply["turn"], "--fence", reply["fence"], "--as", f"supervisor-{agent}")
            run("respond", "--quest", quest, *answer, "--msg", "Completed: by the supervisor")
    run("complete", "--quest", quest, "--summary", "ended by the supervisor", "--force")


def _workers(quest: int) -> list[str]:
    return sorted({str(turn["agent"]) for turn in run("status", "--quest", quest)[1]["turns"]})


def _lost(board: sqlite3.Connection, journal: list[dict[str, Any]]) -> list[str]:
    """Compare the results that the commands reported with the rows of the board."""
    texts = {(quest, seq): text for quest, seq, text in board.execute("SELECT quest, seq, text FROM message")}
    claims = set(board.execute("SELECT turn, fence FROM event WHERE kind = 'claimed'"))
    fences = dict(board.execute("SELECT id, fence FROM turn"))
    ends = {
        quest: (status, summary) for quest, status, summary in board.execute("SELECT id, status, summary FROM quest")
    }
    problems = [
        f"quest {quest} has not ended" for quest, (status, _) in ends.items() if status in {"open", "reviewing"}
    ]
    problems += [
        f"turn {turn} has {number} answers"
        for turn, number in board.execute(
            "SELECT turn, COUNT(*) FROM message WHERE kind IN ('completed', 'clarification', 'blocked')"
            " GROUP BY turn HAVING COUNT(*) > 1"
        )
    ]
    answers: dict[int, str] = {}
    for entry in journal:
        verb, reply = entry["verb"], entry.get("reply", {})
        if entry["code"] not in {0, 2, 3}:
            problems.append(f"{verb} ended with {entry['code']}: {entry['complaint']}")
        if entry["code"] != 0:
            continue
        if verb == "message":
            lost = [row for row in reply["messages"] if texts.get((entry["quest"], row["seq"])) != entry["text"]]
            problems += [f"message {row['seq']} of quest {entry['quest']} is lost" for row in lost]
        elif verb == "monitor" and reply["status"] == "turn" and (reply["turn"], reply["fence"]) not in claims:
            problems.append(f"the claim of turn {reply['turn']} under fence {reply['fence']} is lost")
        elif verb == "respond":
            if texts.get((entry["quest"], reply["message"]["seq"])) != entry["text"]:
                problems.append(f"the answer to turn {entry['turn']} is lost")
            if answers.setdefault(entry["turn"], entry["text"]) != entry["text"]:
                problems.append(f"turn {entry['turn']} accepted a second answer")
            if fences.get(entry["turn"]) != entry["fence"]:
                problems.append(f"turn {entry['turn']} accepted an answer under a stale fence")
        elif verb == "create" and reply["quest"] not in ends:
            problems.append(f"quest {reply['quest']} is lost")
        elif verb == "complete" and ends.get(entry["quest"]) != ("completed", entry["summary"]):
            problems.append(f"the end of quest {entry['quest']} is lost")
    return problems + _skipped(board, journal)


def _skipped(board: sqlite3.Connection, journal: list[dict[str, Any]]) -> list[str]:
    """Compare what the leaders were shown as new with the messages to them, in the quests that they completed."""
    shown: dict[int, Counter[tuple[int, int]]] = defaultdict(Counter)
    for entry in journal:
        if entry["verb"] == "monitor" and entry.get("reply", {}).get("status") == "news":
            shown[entry["quest"]].update((entry["process"], row["seq"]) for row in entry["reply"]["messages"])
    problems = [
        f"message {seq} of quest {quest} was new {number} times"
        for quest, seen in shown.items()
        for (_, seq), number in seen.items()
        if number > 1
    ]
    for quest in (entry["quest"] for entry in journal if entry["verb"] == "complete" and entry["code"] == 0):
        sent = board.execute("SELECT seq FROM message WHERE quest = ? AND recipient = 'leader'", (quest,))
        missed = {seq for (seq,) in sent} - {seq for _, seq in shown[quest]}
        problems += [f"message {seq} of quest {quest} was never shown to its leader" for seq in sorted(missed)]
    return problems

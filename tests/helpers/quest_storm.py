"""A storm on a board: processes that lead and work are killed, stopped past their lease and have clocks jump.

SIGKILL comes at random moments and, with a file, at every statement boundary of every verb in turn; SIGSTOP lasts
longer than the lease; the wall clock jumps by up to 100 days (CLOCK_MONOTONIC, which leases go by, nobody can set). A
server crashes and starts again, and cuts connections. Afterwards the journals are compared with the board.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
import traceback
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acolytes_quest.settings import open_board
from postgres_server import PostgresServer
from quest_storm_findings import Board, findings, lost
from quest_storm_player import (
    LEADERS_VERBS,
    OUTLIVED,
    VERBS,
    WORKERS_VERBS,
    Counters,
    Death,
    Player,
    play,
    read_journal,
    run,
)
from quest_storm_roles import lead, work

LEASE_SECONDS, LEASE_SECONDS_SERVER = 0.5, 3.0  # a command takes longer with a server
_TICK_SECONDS = 0.002
_STOPS_A_KILL = 0.02


class Storm:
    """`players` processes on a board in `folder`, a fourth of them leaders; fewer than 8 leave names without one.

    With a `server` the board is in a new database there, and the server crashes `crashes` times.
    """

    def __init__(
        self, folder: Path, *, players: int, seed: int, server: PostgresServer | None = None, crashes: int = 0
    ) -> None:
        self._folder = folder
        self._server = server
        self._database = server.new_database() if server else ""
        self._lease = LEASE_SECONDS_SERVER if server else LEASE_SECONDS
        self._crashes_wanted = crashes
        self.crashes: list[tuple[float, float]] = []  # from when to when the server was away
        self.cut = 0  # connections
        self.backups = self.restored = 0  # that were compared with the journals
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
        with self._settings():
            run("create", "--mission", "makes the board", "--agents", "w0")
            try:
                while not self._is_over(turns, kills) and time.monotonic() < deadline:
                    self._look_after()
                    if len(self.crashes) < self._crashes_wanted * min((self.answered + 1) / turns, 1):
                        self._crash()
                    if self.kills < kills * min((self.answered + 1) / turns, 1):
                        self._strike()
                    time.sleep(_TICK_SECONDS)
            finally:
                self._end()

    def _is_over(self, turns: int, kills: int) -> bool:
        return self.answered >= turns and self.kills >= kills and len(self.crashes) >= self._crashes_wanted

    def _crash(self) -> None:
        """Cut connections, let the server crash, and start it again."""
        assert self._server is not None
        sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        sql += " WHERE application_name = 'acolytes-quest' AND random() < 0.5"
        self.cut += len(self._server.run(sql))
        time.sleep(self._chance.uniform(0, 0.2))
        began = time.monotonic()
        self._server.stop(signal.SIGQUIT)
        time.sleep(self._chance.uniform(0, 0.5))
        self._server.start()
        self.crashes.append((began, time.monotonic()))

    @property
    def answered(self) -> int:
        """How many answers were acknowledged so far."""
        return self._counters.answered()

    def calm(self) -> None:
        """Finish the quests with the usual verbs: take every turn, answer it, complete every quest."""
        time.sleep(self._lease)
        with self._settings():
            while quests := run("status")[1]["quests"]:
                leaders, workers = self._members()
                for quest in quests:
                    _finish(quest["quest"], leaders[quest["quest"]], workers[quest["quest"]])

    def findings(self) -> list[str]:
        """Return everything that was acknowledged and is not there, and whatever else is wrong; a line each."""
        with self._settings():
            code, output, complaint = run("check")
            problems = list(self.broken)
            if code:
                problems.append(f"check: {complaint or output}")
            board = open_board(os.curdir, os.environ)
            with board.read() as tx:
                problems += findings(tx, self.acknowledged(), self.crashes)
            board.close()
            return problems + self._backup_problems()

    def _backup_problems(self) -> list[str]:
        """Return what backups, and boards that were restored, lack of all that was acknowledged before they began."""
        problems = []
        journal = self.acknowledged()
        done = [entry for entry in journal if entry["code"] == 0]
        copies = {entry["file"]: entry["began"] for entry in done if "file" in entry}
        restored = {entry["restored"]: entry["since"] for entry in done if "restored" in entry}
        for file, began in {**copies, **restored}.items():
            before = [entry for entry in journal if entry.get("ended", began) < began]
            board = open_board(os.curdir, {**os.environ, "ACOLYTES_QUEST_DB": str(self._folder / file)})
            with board.read() as tx:
                problems += [f"{file}: {line}" for line in lost(Board(tx), before)]
            board.close()
        self.backups += len(copies)
        self.restored += len(restored)
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
                self._paused[player] = time.monotonic() + self._lease * 1.4
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
                play(
                    lead if player < self._leaders else work,
                    Player(player, self._journal(player), seed, self._counters, death),
                )
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
        verb = self._chance.choice(LEADERS_VERBS if player < self._leaders else WORKERS_VERBS)
        if not self._server and self._chance.random() < 0.5 and verb not in {fated for fated, _ in self._fate.values()}:
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
    def _settings(self) -> Iterator[None]:
        """The board of the storm, as the environment of every command names it."""
        before = dict(os.environ)
        board = {"ACOLYTES_QUEST_DB": str(self._folder / "quests.db")}
        if self._server:
            board = {"ACOLYTES_QUEST_URL": self._server.url(self._database)}
        os.environ.update(**board, ACOLYTES_QUEST_LEASE=str(self._lease), ACOLYTES_QUEST_BUSY="60")
        here = Path.cwd()
        os.chdir(self._folder)
        try:
            yield
        finally:
            os.chdir(here)
            os.environ.clear()
            os.environ.update(before)

    def _members(self) -> tuple[dict[int, str | None], dict[int, list[str]]]:
        """Return the leader's session and the workers of each quest."""
        workers: dict[int, list[str]] = defaultdict(list)
        board = open_board(os.curdir, os.environ)
        with board.read() as tx:
            leaders = dict(tx.tuples("SELECT id, leader_session FROM quest"))
            for quest, agent in tx.tuples("SELECT quest, agent FROM member WHERE role = 'worker' AND agent <> 'any'"):
                workers[quest].append(agent)
        board.close()
        return leaders, workers


def _finish(quest: int, leader: str | None, workers: list[str]) -> None:
    for agent in workers:
        worker = ("--role", "worker", "--agent", agent, "--as", f"supervisor-{agent}", "--quest", quest, "--any")
        while True:
            code, reply, complaint = run("monitor", *worker, "--timeout", 0)
            assert code == 0, complaint
            if reply["status"] != "turn":
                break
            answer = ("--turn", reply["turn"], "--fence", reply["fence"], "--as", f"supervisor-{agent}")
            run("respond", "--quest", quest, *answer, "--msg", "Completed: by the supervisor")
    led = ("--as", leader) if leader else ()
    run("complete", "--quest", quest, "--summary", "ended by the supervisor", "--force", *led)

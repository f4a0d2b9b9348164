"""What the processes of a storm do: leaders and workers use every verb that agents use, in the ways that agents do."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from acolytes_quest.hooks import api, resume
from acolytes_quest.location import DB_VARIABLE, URL_VARIABLE
from acolytes_quest.settings import open_board
from quest_storm_player import Player

WORKERS = [f"w{number}" for number in range(6)]
PLANNED = 0.3  # the share of quests that begin with a plan
TASKS = ("A", "B", "C")  # the turns of a plan
ASSIGNMENTS = 5  # of a quest, each for every worker
READING = (
    ("status",),
    ("ready",),
    ("list", "--since", 1),
    ("search", "--text", "task"),
    ("watch", "--once"),
    ("status", "--quest"),
    ("conversation", "--quest"),
    ("log", "--quest"),
    ("check", "--quest"),
    ("export", "--quest"),
)


def plan_of(player: Player, agents: list[str], mode: str) -> Path:
    """Write a plan in which each turn waits for the one before, which another agent makes; return its file."""
    columns = ("Turn", "Phase", "Agent", "After", "Review", "Files", "Task", "Done when")
    rows = [columns, ("---",) * len(columns)]
    for number, name in enumerate(TASKS):
        after = TASKS[number - 1] if number else ""
        rows.append((name, "", agents[number % 2], after, "", "", f"{name} of the plan", "it is answered"))
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    file = Path(f"plan{player.number}.md")
    file.write_text(f"Mission: planned by player {player.number}\nMode: {mode}\n\n{table}\n", "utf-8")
    return file


def read(player: Player, quest: int) -> None:
    """Call a verb that only reads, from time to time. It must work."""
    if player.chance.random() < 0.05:
        verb, *words = player.chance.choice(READING)
        player.call(verb, *words, *([quest] if words == ["--quest"] else []), reads=True)
    if player.chance.random() < 0.03 and not os.environ.get(URL_VARIABLE):
        file = f"backup{player.number}.db"
        began = time.monotonic()
        made = player.call("backup", "--out", file, "--force", file=file, reads=True)
        if made:
            restore(player, file, began)


def restore(player: Player, file: str, since: float) -> None:
    """Make a board beside that of the storm what a backup holds, which began at `since`."""
    board = os.environ[DB_VARIABLE]
    restored = f"restored{player.number}.db"
    os.environ[DB_VARIABLE] = os.path.join(os.path.dirname(board), restored)
    try:
        done = player.call("restore", "--file", file, "--force", restored=restored, since=since)
    finally:
        os.environ[DB_VARIABLE] = board
    if done and done["kept"]:
        os.unlink(done["kept"])


class Leader:
    """Leads one quest after the other. After a restart it goes on with the last quest in its journal."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._session = f"leader-{player.number}"
        self._quest = 0

    def lead(self) -> None:
        """Lead until the storm is over."""
        player = self._player
        done = [entry for entry in player.earlier if entry["code"] == 0]
        created = [entry["reply"]["quest"] for entry in done if entry["verb"] == "create"]
        over = {entry["quest"] for entry in done if entry["verb"] == "complete"}
        sessions = [entry["session"] for entry in done if entry["verb"] in {"create", "handover"}]
        self._session = sessions[-1] if sessions else self._session
        if player.earlier:
            resume_leading(self._session)
        if created and created[-1] not in over:
            self._quest = created[-1]
            self._take_over()
            self._lead_one()
        while not player.counters.stopped:
            agents = player.chance.sample(WORKERS, 2)
            mode = player.chance.choice(("parallel", "parallel", "parallel", "single"))
            words: tuple[object, ...] = (
                "--mission",
                f"by player {player.number}",
                "--agents",
                ",".join(agents),
                "--mode",
                mode,
            )
            tasks: tuple[str, ...] | None = None
            if player.chance.random() < PLANNED:
                words = ("--plan", plan_of(player, agents, mode))
                tasks = TASKS
            noted = {"session": self._session, "tasks": tasks, "reads": bool(tasks)}  # a right plan is never refused
            made = player.call("create", *words, "--as", self._session, **noted)
            if made:
                self._quest = made["quest"]
                self._lead_one()

    def _take_over(self) -> None:
        """Go on as another session, as another client of the same person does, from time to time."""
        if self._player.chance.random() < 0.3:
            before, self._session = (
                self._session,
                f"leader-{self._player.number}-{self._player.chance.randrange(10**9)}",
            )
            if not self._call("handover", session=self._session):
                self._session = before

    def _call(self, verb: str, *words: object, **noted: object) -> dict[str, Any] | None:
        quest = self._quest
        return self._player.call(
            verb, "--quest", quest, *words, "--as", self._session, quest=quest, leads=True, **noted
        )

    def _lead_one(self) -> None:
        earlier = 0
        for number in range(ASSIGNMENTS):
            text = f"quest {self._quest}, task {number} \N{SNOWMAN} " + "x" * (number * 50)
            words = ("--to", "all", "--msg", text, "--key", f"k{number}")
            after = ["--after", earlier] if earlier and number % 2 else []
            sent = self._call("message", *words, *after, text=text)
            if sent is None and after:  # the turn before was answered BLOCKED, or it is dead
                sent = self._call("message", *words, text=text)
            if sent is None:
                return  # the incarnation before had ended the quest, and could not note it
            earlier = sent["messages"][0]["turn"]
            self._change_quest(number)
        text = f"quest {self._quest}, a task for any worker"
        self._call("message", "--to", "any", "--msg", text, "--key", "any", text=text)
        for _ in range(2000):
            news = self._call("monitor", "--role", "leader", "--timeout", 1)
            if news is None or news["status"] == "ended":
                return
            self._decide(news)
            read(self._player, self._quest)
            if news["status"] == "timeout" and not news["turns"]:
                summary = f"quest {self._quest} is done"
                if self._call("complete", "--summary", summary, summary=summary):
                    return
                self._assign_again()
            elif news["status"] == "timeout":
                self._intervene(news["turns"])

    def _change_quest(self, number: int) -> None:
        """Add a member, name the phase, or write a note, from time to time."""
        chance = self._player.chance
        if chance.random() < 0.2:
            agent = chance.choice(WORKERS)
            self._call("add-member", "--agents", agent, agent=agent)
        if chance.random() < 0.2:
            phase = f"phase {number}"
            self._call("phase", "--phase", phase, phase=phase)
        if chance.random() < 0.2:
            text = f"note {number} of quest {self._quest}"
            self._call("note", "--to", "all", "--msg", text, text=text)

    def _decide(self, news: dict[str, Any]) -> None:
        """Reply to the questions, or drop them."""
        if not news["to_decide"]:
            return
        status = self._player.call("status", "--quest", self._quest, reads=True)
        agents = {turn["turn"]: turn["agent"] for turn in status["turns"]} if status else {}
        for turn in news["to_decide"]:
            if self._player.chance.random() < 0.3 or turn not in agents:
                self._call("cancel", "--turn", turn, turn=turn)
                continue
            text = f"the reply to turn {turn}"
            words = ("--to", agents[turn], "--answers", turn, "--key", f"reply {turn}", "--msg", text)
            self._call("message", *words, text=text)

    def _assign_again(self) -> None:
        """Assign a turn, if none of the quest was answered: it cannot be completed so."""
        status = self._player.call("status", "--quest", self._quest, reads=True)
        turns = status["turns"] if status else []
        if turns and {turn["state"] for turn in turns} <= {"dead", "cancelled"}:
            text = f"quest {self._quest}, once more after {len(turns)} turns"
            self._call("message", "--to", "all", "--key", text, "--msg", text, text=text)

    def _intervene(self, turns: list[dict[str, Any]]) -> None:
        """Give back or cancel a turn, from time to time."""
        chance = self._player.chance
        turn = chance.choice(turns)
        if turn["state"] == "leased" and chance.random() < 0.1:
            self._call("release", "--turn", turn["turn"], turn=turn["turn"])
        elif chance.random() < 0.05:
            self._call("cancel", "--turn", turn["turn"], turn=turn["turn"])


def resume_leading(session: str) -> None:
    """Do what the hook does when a session starts again. It must not give up because a server is just away."""
    if not os.environ.get(URL_VARIABLE):
        api.resume_leading(os.curdir, os.environ, session)
        return
    board = open_board(os.curdir, os.environ)
    resume.leading(board, os.curdir, os.environ, session, None)
    board.close()


def lead(player: Player) -> None:
    """Be a leader."""
    Leader(player).lead()


def work(player: Player) -> None:
    """Take turns and answer them: some late, twice, with another text afterwards, with a question, or not at all."""
    chance = player.chance
    agent = WORKERS[player.number % len(WORKERS)]
    # As an agent that repeats its commands, as a new agent of the same name, or as an anonymous one.
    session = chance.choice([f"s{player.number}", f"s{player.number}-{chance.randrange(10**9)}", None])
    identity = ["--as", session] if session else []
    while not player.counters.stopped:
        any_turn = ["--any"] if chance.random() < 0.5 else []
        words = ("--role", "worker", "--agent", agent, "--timeout", 1, *any_turn, *identity)
        news = player.call("monitor", *words, session=session)
        if news is None or news["status"] != "turn":
            continue
        quest, turn, fence = news["quest"], news["turn"], news["fence"]
        noted = {"quest": quest, "turn": turn, "fence": fence}
        held = ("--quest", quest, "--turn", turn, "--fence", fence, "--agent", agent, *identity)
        read(player, quest)
        if chance.random() < 0.1:
            text = f"note on turn {turn} {chance.random()}"
            words = ("--quest", quest, "--to", "leader", "--from", agent, "--key", text, "--msg", text, *identity)
            player.call("message", *words, quest=quest, text=text)
        if chance.random() < 0.03:
            player.call("release", *held, **noted)
            continue
        if chance.random() < 0.02:
            os.kill(os.getpid(), signal.SIGSTOP)  # the driver lets it go on when its lease has ended
        opening = chance.choice(("Completed:",) * 10 + ("BLOCKED:", "CLARIFICATION:"))
        text = f"{opening} turn {turn}, fence {fence}, player {player.number}"
        if player.call("respond", *held, "--msg", text, text=text, **noted) is not None:
            player.counters.add(player.number)
        if chance.random() < 0.05:
            player.call("respond", *held, "--msg", text, text=text, **noted)
        if chance.random() < 0.05:
            other = f"{text}, another answer"
            player.call("respond", *held, "--msg", other, text=other, second=True, **noted)

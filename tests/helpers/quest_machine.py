"""Run random commands on a board and on the plain model of it. After each, both must agree in every row.

An engine's class gives `make_board`, which returns an empty board by the machine's clock.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from acolytes_quest.board import turns
from acolytes_quest.stores.engine import Board
from quest_agreement import Agreement
from quest_desk import Desk
from quest_model import Model
from quest_rules import LEASE, MARKS, Turn
from quest_support import Clock

WORKERS = {"a": "w1", "b": "w1", "c": "w2", "d": "w10"}
AGENTS = ["w1", "w10", "w2"]
PATHS = ("src", "src/a.py", "srcs", "doc/x", "doc", "s*", "*/x", "**/a.py", "doc/**", "src/*.py")
TREES = ("/", "/usr")
QUESTS = 3

OVER = ("done", "dead", "cancelled")
# Each command as often as its weight: what makes work outweighs what ends it.
COMMANDS = [
    *Counter(
        create=2,
        send=9,
        send_to_review=4,
        note=2,
        take=6,
        watch=4,
        answer=12,
        answer_anonymously=4,
        repeat_an_answer=2,
        review=7,
        reserve=6,
        give_back=2,
        hand_over=2,
        add_members=1,
        stop=1,
        pass_time=3,
        cancel_a_turn=2,
        end=2,
        redact=2,
        look=1,
    ).elements()
]
SEED = st.integers(0, 2**32 - 1)


class BoardMachine(Agreement, RuleBasedStateMachine):
    """Three workers' names, four named sessions and anonymous ones, up to three quests at once, a clock.

    A step is a command's name and a seed, from which all else of it is chosen.
    """

    make_board: Callable[[Clock], Board]

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.model = Model(WORKERS, seconds=self.clock.seconds)
        self.board = type(self).make_board(self.clock)
        self.desk = Desk(self.board)
        self.random = random.Random(0)
        self.commands = 0
        self.texts = 0
        self.sent: list[tuple[Any, ...]] = []
        self.seen: dict[int, int] = {}

    def teardown(self) -> None:
        try:
            if self.model.quests_made:
                assert self.desk.do("check")["damage"] == []
                self.check_health()
        finally:
            self.board.close()

    @initialize(seed=SEED)
    def begin(self, seed: int) -> None:
        self.random.seed(seed)
        self.create()
        for _ in range(3):
            self.send()

    @rule(command=st.sampled_from(COMMANDS), seed=SEED)
    def step(self, command: str, seed: int) -> None:
        self.random.seed(seed + (self.commands << 32))  # the same number draws something else later on
        getattr(self, command)()

    # -- commands -------------------------------------------------------------------------------------------------

    def create(self) -> None:
        if len(self.model.quests) >= QUESTS:
            if any(self.model.is_over(quest) for quest in self.model.quests):
                self.purge()
            return
        mode = self.random.choice(["parallel", "parallel", "single"])
        words = ["create", "--mission", "m", "--agents", ",".join(AGENTS), "--mode", mode]
        tree = None if self.chance(0.4) else self.random.choice(TREES)
        words += ["--anywhere"] if tree is None else []
        self.desk.cwd = tree or "/"
        self.both(lambda model: model.create(mode, tree), lambda answer: answer["quest"], *words)
        if self.chance(0.1):
            self.complete_without_answers(self.model.quests_made)

    def complete_without_answers(self, quest: int) -> None:
        """Cancel the only turn of a new quest, and try to complete it so. The quest goes on."""
        self.both(
            lambda model: model.message(quest, ["w1"], "none answers", after=[])[0],
            lambda answer: [row["turn"] for row in answer["messages"]],
            *("message", "--quest", quest, "--to", "w1", "--msg", "none answers"),
        )
        self.cancel(quest, self.model.turns_made, None)
        self.end_quest(quest, "complete", None, force=False)

    def send(self) -> None:
        quest = self.a_quest()
        to = self.random.choice(["w1", "w1", "w2", "w2", "w10", "w1,w2", "all", "any"])
        after = self.some_turns(quest)
        if self.chance(0.05):
            after = [*after, *after, *([self.model.turns_made + 1] if self.chance(0.3) else [])]
        reviewed = self.chance(0.4)
        key = f"k{self.random.randrange(4)}" if self.chance(0.2) else None
        text = f"t{self.random.randrange(2)}" if key else self.text()
        answers = self.a_question(quest) if self.chance(0.3) else None
        names = AGENTS if to == "all" else to.split(",")
        words: list[object] = ["message", "--quest", quest, "--to", to, "--msg", text]
        words += ["--after", ",".join(map(str, after))] if after else []
        words += ["--review"] if reviewed else []
        words += ["--key", key] if key else []
        words += ["--answers", answers] if answers else []
        self.both(
            lambda model: model.message(quest, names, text, after=after, reviewed=reviewed, answers=answers, key=key),
            lambda answer: ([row["turn"] for row in answer["messages"]], answer["replied"]),
            *words,
        )

    def note(self) -> None:
        quest, text = self.a_quest(), self.text()
        to = self.random.choice([["w1"], ["w2", "w10"]])
        self.both(
            lambda model: model.note(quest, to, text),
            lambda answer: len(answer["messages"]),
            *("note", "--quest", quest, "--to", ",".join(to), "--msg", text),
        )

    def send_to_review(self) -> None:
        turn = self.a_turn(lambda row: row.reviewed and (row.state not in OVER or row.verdict == "pending"))
        quest = self.quest_of(turn)
        to = self.random.choice(["w1", "w2"])
        after = [number for number in self.some_turns(quest) if number != turn] if self.chance(0.3) else []
        text = self.text()
        self.both(
            lambda model: model.message(quest, [to], text, after=after, reviews=turn),
            lambda answer: ([row["turn"] for row in answer["messages"]], answer["replied"]),
            *("message", "--quest", quest, "--to", to, "--msg", text, "--reviews", turn),
            *(("--after", ",".join(map(str, after))) if after else ()),
        )

    def take(self) -> None:
        session = self.random.choice([*WORKERS, None])
        self.monitor(session, WORKERS[session] if session else self.random.choice(AGENTS))

    def monitor(self, session: str | None, agent: str) -> None:
        quest = self.a_quest() if self.chance(0.2) else None
        words: list[object] = ["monitor", "--role", "worker", "--agent", agent, "--timeout", 0]
        tree = self.desk.cwd = self.random.choice(TREES)
        any_worker = self.chance(0.4)
        chosen = self.a_turn(lambda row: row.state == "queued") if self.chance(0.1) else None
        words += ["--any"] if any_worker else []
        words += ["--turn", chosen] if chosen else []
        words += ["--as", session] if session else []
        words += ["--quest", quest] if quest else []
        self.both(
            lambda model: model.monitor(session, agent, quest, tree=tree, any_worker=any_worker, chosen=chosen),
            lambda answer: (answer["status"], answer.get("turn") or answer.get("quest")),
            *words,
        )

    def watch(self) -> None:
        since = self.random.randrange(20) if self.chance(0.2) else None
        self.watch_quest(self.a_quest(), *(() if since is None else ("--since", since)), since=since)

    def watch_quest(self, quest: int, *words: object, since: int | None = None) -> None:
        self.both(
            lambda model: model.watch(quest, since),
            lambda answer: (answer["status"], [row["seq"] for row in answer.get("messages", [])]),
            *("monitor", "--role", "leader", "--quest", quest, "--timeout", 0, *words),
        )

    def add_members(self) -> None:
        """Add members that the quest has, and names that differ from theirs only in case."""
        quest, session = self.a_quest(), self.a_leader()
        names = self.random.choice([["w1"], ["W1"], ["w2", "Leader"], ["w10", "w2"], ["leader"]])
        self.both(
            lambda model: model.add_members(quest, names, session),
            lambda answer: answer["added"],
            *("add-member", "--quest", quest, "--agents", ",".join(names), *(("--as", session) if session else ())),
        )

    def hand_over(self) -> None:
        """Hand a quest to a session, which may not work in it, reads what is new and gives it away again."""
        quest = self.a_quest()
        session = f"lead{self.commands}"
        words = ("handover", "--quest", quest)
        self.both(
            lambda model: model.hand_over(quest), lambda answer: answer["session"] and None, *words, "--to", session
        )
        if quest not in self.model.quests or self.model.is_over(quest):
            return
        self.watch_quest(quest, "--as", session)
        work = ("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0, "--as", session)
        chosen = ("--quest", quest) if self.chance(0.5) else ()
        self.both(lambda model: model.refuse(), lambda answer: answer, *work, *chosen)
        self.both(lambda model: model.hand_over(quest), lambda answer: answer["session"], *words, "--as", session)
        for refused in (("phase", "--phase", "x"), ("monitor", "--role", "leader", "--timeout", 0)):
            line = (refused[0], "--quest", quest, *refused[1:], "--as", session)
            self.both(lambda model: model.refuse(), lambda answer: answer, *line)

    def answer(self) -> None:
        session = self.a_worker()
        quest = self.worked_on(session)
        turn = self.a_turn() if self.chance(0.1) else None
        self.respond(quest, session, self.a_kind(), turn, None)

    def answer_anonymously(self) -> None:
        """Answer also with the fence of an earlier holder, or with a fence that never existed."""
        turn = self.a_turn(lambda row: row.holder == "anonymous" and row.state not in OVER)
        row = self.model.turns.get(turn)
        fence = max(1, (row.fence if row else 1) + self.random.choice([0, 0, 0, -1, 1]))
        self.respond(self.quest_of(turn), None, self.a_kind(), turn, fence)

    def respond(
        self, quest: int, session: str | None, kind: str, turn: int | None, fence: int | None, text: str | None = None
    ) -> None:
        sent = text or MARKS[kind] + self.text()
        words: list[object] = ["respond", "--quest", quest, "--msg", sent]
        for option, value in (("--as", session), ("--turn", turn), ("--fence", fence)):
            words += [option, value] if value is not None else []
        self.sent = [*self.sent[-4:], (quest, session, kind, turn, fence, sent)]
        self.both(
            lambda model: model.respond(quest, session, kind, sent, turn=turn, fence=fence),
            lambda answer: (answer["turn"], answer["repeated"]),
            *words,
        )

    def repeat_an_answer(self) -> None:
        if self.sent:
            self.respond(*self.random.choice(self.sent))

    def review(self) -> None:
        if self.chance(0.8) and not any(row.verdict == "pending" for row in self.model.turns.values()):
            self.answer()
        turn = self.a_turn(lambda row: row.verdict == "pending" or (row.verdict is not None and self.chance(0.1)))
        quest = self.quest_of(turn)
        holders = [row.holder for row in self.model.turns.values() if row.about == turn and row.kind == "review"]
        session = self.random.choice([None, None, *(holder for holder in holders if holder in WORKERS), *WORKERS])
        change = self.random.choice([None, "x", "y"])
        words = ["review", "--quest", quest, "--turn", turn, *(["--change", change] if change else ["--accept"])]
        self.both(
            lambda model: model.review(quest, turn, session, change),
            lambda answer: (answer["new_turn"], answer["repeated"]),
            *words,
            *(("--as", session) if session else ()),
        )

    def reserve(self) -> None:
        session = self.a_worker()
        quest = self.worked_on(session)
        self.desk.cwd = "/"
        paths = self.random.sample(PATHS, self.random.choice([1, 1, 2]))
        words = ("reserve", "--quest", quest, "--as", session, "--paths", ",".join(paths))
        if self.chance(0.3):
            self.both(lambda model: model.unreserve(quest, session, paths), lambda a: a["turn"], *words, "--release")
            return
        shared = self.chance(0.4)
        self.both(
            lambda model: model.reserve(quest, session, paths, shared=shared),
            lambda answer: answer["turn"],
            *words,
            *(("--shared",) if shared else ()),
        )

    def give_back(self) -> None:
        turn = self.a_turn(lambda row: row.state == "leased")
        quest = self.quest_of(turn)
        session = self.a_worker() if self.chance(0.5) else self.a_leader()
        self.both(
            lambda model: model.give_back(quest, turn, session),
            lambda answer: answer["state"],
            *("release", "--quest", quest, "--turn", turn, *(("--as", session) if session else ())),
        )

    def stop(self) -> None:
        """A hook lets go of the turn of an agent that stops."""
        session = self.random.choice([*WORKERS])
        self.model.release(session)
        with self.board.write() as tx:
            held = turns.held_by(tx, session)
            if held is not None:
                turns.release(tx, held, "released")
        self.compare()

    def pass_time(self) -> None:
        seconds = self.random.choice([1.0, LEASE - 1, LEASE])
        self.clock.seconds += seconds
        self.model.seconds += seconds

    def cancel_a_turn(self) -> None:
        turn = self.a_turn(lambda row: self.chance(0.5) or row.answer in {"clarification", "blocked"})
        self.cancel(self.quest_of(turn), turn, self.a_leader())

    def cancel(self, quest: int, turn: int, session: str | None) -> None:
        self.both(
            lambda model: model.cancel_turn(quest, turn, session),
            lambda answer: answer["repeated"],
            *("cancel", "--quest", quest, "--turn", turn, *(("--as", session) if session else ())),
        )

    def end(self) -> None:
        verb = self.random.choice(["complete", "complete", "fail", "cancel"])
        force = verb != "complete" or self.chance(0.2)
        self.end_quest(self.a_quest(), verb, self.a_leader(), force=force)

    def end_quest(self, quest: int, verb: str, session: str | None, *, force: bool) -> None:
        result = {"complete": "completed", "fail": "failed", "cancel": "cancelled"}[verb]
        words = [verb, "--quest", quest, "--summary", "s", *(("--as", session) if session else ())]
        self.both(
            lambda model: model.finish(quest, session, result, "s", force=force),
            lambda answer: answer["repeated"],
            *words,
            *(("--force",) if force and verb == "complete" else ()),
        )

    def redact(self) -> None:
        quest = self.a_quest()
        existing = self.model.quests.get(quest)
        seq = 1 + self.random.randrange(len(existing.messages) + 1 if existing else 1)
        session = self.a_leader()
        self.both(
            lambda model: model.redact(quest, session, seq),
            lambda answer: answer["repeated"],
            *("redact", "--quest", quest, "--seq", seq, "--reason", "r", *(("--as", session) if session else ())),
        )

    def purge(self) -> None:
        self.both(lambda model: model.purge(), lambda answer: answer["quests"], "purge", "--older", 0)
        with self.board.read() as tx:
            self.model.entered = set(tx.column(str, "SELECT id FROM session WHERE anonymous = 0"))

    def look(self) -> None:
        """Reading changes nothing, not even the event log."""
        quest = self.a_quest()
        before = self.events()
        for words in (
            ("status",),
            ("status", "--quest", quest),
            ("conversation", "--quest", quest),
            ("log", "--quest", quest),
            ("export", "--quest", quest, "--json"),
            ("purge", "--older", 0, "--dry-run"),
        ):
            if quest in self.model.quests:
                self.desk.do(*words)
        assert self.events() == before
        self.compare()

    # -- arguments -----------------------------------------------------------------------------------------------

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def text(self) -> str:
        self.texts += 1
        return f"text {self.texts}"

    def a_kind(self) -> str:
        return self.random.choice(["completed", "completed", "completed", *MARKS])

    def a_leader(self) -> str | None:
        """Return mostly the leader, who needs no name."""
        return self.random.choice([*WORKERS]) if self.chance(0.2) else None

    def a_worker(self) -> str:
        """Return a session, which mostly has a turn by now."""
        session = self.random.choice([*WORKERS])
        if self.chance(0.8) and not self.is_working(session):
            self.monitor(session, WORKERS[session])
        return session

    def is_working(self, session: str) -> bool:
        return any(row.holder == session and row.state == "leased" for row in self.model.turns.values())

    def worked_on(self, session: str) -> int:
        """Return mostly a quest in which the session has or had a turn."""
        mine = [row.quest for row in self.model.turns.values() if row.holder == session and row.state not in OVER]
        return mine[-1] if mine and self.chance(0.9) else self.a_quest()

    def a_quest(self) -> int:
        """Return mostly a quest that there is."""
        existing = [*self.model.quests]
        return self.random.choice(existing) if existing and self.chance(0.95) else self.random.randrange(1, 6)

    def quest_of(self, turn: int) -> int:
        row = self.model.turns.get(turn)
        return row.quest if row and self.chance(0.95) else self.a_quest()

    def a_turn(self, matches: Callable[[Turn], bool] = lambda _: True) -> int:
        """Return mostly one of the newest turns that match."""
        candidates = [number for number, row in self.model.turns.items() if matches(row)][-8:]
        return self.random.choice(candidates) if candidates and self.chance(0.95) else self.random.randrange(1, 20)

    def a_question(self, quest: int) -> int:
        """Return mostly a turn of the quest that was answered CLARIFICATION or BLOCKED."""
        return self.a_turn(lambda row: row.quest == quest and row.answer in {"clarification", "blocked"})

    def some_turns(self, quest: int) -> list[int]:
        """Return up to two of the newest turns of a quest, mostly turns that can still be completed."""
        dead = self.chance(0.1)
        candidates = [
            number
            for number, row in self.model.turns.items()
            if row.quest == quest and (dead or row.state not in {"dead", "cancelled"})
        ][-6:]
        return sorted(self.random.sample(candidates, min(len(candidates), self.random.choice([0, 0, 0, 1, 1, 2]))))

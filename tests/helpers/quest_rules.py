"""The parts of the plain model of the board: its rows, and the rules by which commands check and change them."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass, field, replace

LEASE = 100.0
ATTEMPTS = 3
MANY_SEND_BACKS = 3
QUESTIONS = ("clarification", "blocked")
LEADER = "leader"
ANY = "any"
LIVE = ("blocked", "queued", "leased")
MARKS = {"completed": "Completed: ", "clarification": "CLARIFICATION: ", "blocked": "BLOCKED: ", "unmarked": ""}


class RefusedError(Exception):
    """The board must refuse the command."""

    def __init__(self, *, recorded: bool = False) -> None:
        super().__init__()
        self.recorded = recorded


@dataclass(frozen=True)
class Turn:
    quest: int
    agent: str
    after: frozenset[int]
    kind: str = "work"
    about: int | None = None
    reviewed: bool = False
    state: str = "queued"
    fence: int = 0
    attempt: int = 0
    holder: str | None = None
    until: float = 0.0
    verdict: str | None = None
    answer: str | None = None  # completed, unmarked, clarification or blocked
    decision: str | None = None  # replied or abandoned
    text: str = ""  # of the assignment
    pool: bool = False  # for any worker
    reserved: tuple[tuple[str, bool], ...] = ()  # path, shared


@dataclass(frozen=True)
class Message:
    kind: str
    sender: str
    recipient: str | None
    turn: int | None
    text: str | None  # None: the board's own words
    redacted: bool = False


@dataclass(frozen=True)
class Quest:
    mode: str
    tree: str | None = None  # None: all
    status: str = "open"
    summary: str | None = None
    messages: tuple[Message, ...] = ()
    seen: int = 0  # the last message that the leader has read
    shown: int = 0  # the last one that it has printed since its latest call
    keys: tuple[tuple[str, tuple[str, ...], str, tuple[int, ...]], ...] = ()  # key, recipients, text, turns


@dataclass
class Rules:
    """The state, and the rules of every command. `seconds` is the clock; `workers` maps a session to its agent."""

    workers: dict[str, str]
    seconds: float = 0.0
    quests: dict[int, Quest] = field(default_factory=dict)
    turns: dict[int, Turn] = field(default_factory=dict)
    joined: set[tuple[str, int]] = field(default_factory=set)
    entered: set[str] = field(default_factory=set)
    turns_made: int = 0
    quests_made: int = 0

    def is_over(self, quest: int) -> bool:
        return self.quests[quest].status not in {"open", "reviewing"}

    def expire(self) -> None:
        for number, turn in sorted(self.turns.items()):
            if turn.state == "leased" and self._is_late(turn):
                self._give_back(number)

    # -- rules ----------------------------------------------------------------------------------------------------

    def _check_known(self, quest: int) -> None:
        if quest not in self.quests:
            raise RefusedError

    def _check_open(self, quest: int) -> None:
        self._check_known(quest)
        if self.is_over(quest):
            raise RefusedError

    def _act_as_leader(self, quest: int, session: str | None) -> None:
        """Refuse a worker. A session that the board has never seen is no reader of the news before this call."""
        if session in self.entered:
            raise RefusedError
        if session is None:
            self._acknowledge(quest)

    def _acknowledge(self, quest: int) -> None:
        row = self.quests[quest]
        self._set_quest(quest, seen=max(row.seen, row.shown), shown=0)

    def _questions(self, quest: int) -> list[int]:
        return [
            row.turn
            for row in self.quests[quest].messages
            if row.turn and row.kind in QUESTIONS and self.turns[row.turn].decision is None
        ]

    def _questions_read(self, quest: int, agent: str) -> list[int]:
        seen = {row.turn for row in self.quests[quest].messages[: self.quests[quest].seen] if row.recipient == LEADER}
        return [turn for turn in self._questions(quest) if turn in seen and self.turns[turn].agent == agent]

    def _has_unread(self, quest: int, session: str | None) -> bool:
        """Whether the leader has not read something other than a completed answer."""
        row = self.quests[quest]
        after = max(row.seen, row.shown) if session is None else row.seen
        return any(message.recipient == LEADER and message.kind != "completed" for message in row.messages[after:])

    def _check_dependency(self, quest: int, earlier: int) -> None:
        turn = self.turns.get(earlier)
        if turn is None or turn.quest != quest or turn.state in {"dead", "cancelled"} or turn.verdict == "changed":
            raise RefusedError
        if turn.decision is not None or (turn.verdict is None and turn.answer == "unmarked"):
            raise RefusedError

    def _check_reviewable(self, quest: int, number: int) -> None:
        turn = self._reviewed(quest, number)
        if turn.verdict not in {None, "pending"} or turn.state in {"dead", "cancelled"}:
            raise RefusedError

    def _reviewed(self, quest: int, number: int) -> Turn:
        turn = self.turns.get(number)
        if turn is None or turn.quest != quest or not turn.reviewed:
            raise RefusedError
        return turn

    def _is_late(self, turn: Turn) -> bool:
        return turn.until <= self.seconds

    def _is_busy(self, quest: int) -> bool:
        leased = any(turn.quest == quest and turn.state == "leased" for turn in self.turns.values())
        return self.quests[quest].mode == "single" and leased

    def _is_redacted(self, quest: int, turns: tuple[int, ...]) -> bool:
        rows = [row for row in self.quests[quest].messages if row.kind == "assignment" and row.turn in turns]
        return all(row.redacted for row in rows)

    def _is_held_back(self, number: int) -> bool:
        turn = self.turns[number]
        for earlier in turn.after:
            other = self.turns[earlier]
            if other.state != "done" or other.answer in QUESTIONS:
                return True
            if other.verdict not in {None, "accepted"} and not (turn.kind == "review" and turn.about == earlier):
                return True
        return False

    def _is_live_review(self, turn: Turn, about: int) -> bool:
        return turn.kind == "review" and turn.about == about and turn.state in LIVE

    def _waiting_for(self, number: int) -> list[int]:
        return [n for n, turn in sorted(self.turns.items()) if turn.state == "blocked" and number in turn.after]

    def _waits_for(self, number: int, turns: list[int]) -> bool:
        """Whether one of the turns is `number`, or waits for it, if only by others."""
        found, new = {number}, {number}
        while new:
            new = {waiting for turn in new for waiting in self._waiting_for(turn)} - found
            found |= new
        return not found.isdisjoint(turns)

    def _send_backs(self, number: int) -> int:
        count = 0
        while (about := self.turns[number].about) is not None:
            count += self.turns[about].verdict == "changed"
            number = about
        return count

    def _held(self, quest: int, session: str | None, number: int | None) -> list[int]:
        holder = session or "anonymous"
        mine = {
            n: turn.state
            for n, turn in sorted(self.turns.items())
            if turn.quest == quest and turn.holder == holder and number in {None, n}
        }
        leased = [n for n, state in mine.items() if state == "leased"]
        named = session is not None or number is not None
        return leased or ([n for n, state in mine.items() if state == "queued"] if named else [])

    def _only(self, held: list[int], fence: int | None) -> int:
        if len(held) > 1:
            raise RefusedError
        if fence not in {None, self.turns[held[0]].fence}:
            raise RefusedError(recorded=True)
        return held[0]

    def _same_answer(self, quest: int, session: str | None, number: int | None, text: str) -> int | None:
        for row in reversed(self.quests[quest].messages):
            if row.turn and row.kind in {"completed", "clarification", "blocked"} and row.text == text:
                said_by_it = self.turns[row.turn].holder == (session or "anonymous")
                if said_by_it and number in {None, row.turn}:
                    return row.turn
        return None

    def _review_turn(self, quest: int, number: int, session: str | None) -> int | None:
        """Return the review turn that the session holds; None for a session that may act as the leader."""
        if session is None or session not in self.entered:
            return None
        agent = self.workers[session]
        tasks = [n for n, t in self.turns.items() if t.kind == "review" and t.about == number and t.agent == agent]
        if not tasks:
            raise RefusedError
        for task in sorted(tasks, reverse=True):
            if self._held(quest, session, task):
                return task
        raise RefusedError(recorded=True)

    def _reserving(self, quest: int, session: str) -> int:
        self._check_open(quest)
        self.expire()
        leased = [number for number in self._held(quest, session, None) if self.turns[number].state == "leased"]
        if not leased:
            raise RefusedError(recorded=True)
        return self._only(leased, None)

    # -- effects --------------------------------------------------------------------------------------------------

    def _set(self, number: int, **changes: object) -> None:
        self.turns[number] = replace(self.turns[number], **changes)  # type: ignore[arg-type]  # fields, as named

    def _set_quest(self, number: int, **changes: object) -> None:
        self.quests[number] = replace(self.quests[number], **changes)  # type: ignore[arg-type]  # fields, as named

    def _set_status(self, quest: int) -> None:
        pending = any(turn.quest == quest and turn.verdict == "pending" for turn in self.turns.values())
        self._set_quest(quest, status="reviewing" if pending else "open")

    def _post(self, quest: int, message: Message) -> None:
        self._set_quest(quest, messages=(*self.quests[quest].messages, message))

    def _tell_leader(self, number: int) -> None:
        self._post(self.turns[number].quest, Message("system", "board", LEADER, number, None))

    def _assign(
        self,
        quest: int,
        agent: str,
        after: frozenset[int],
        sender: str,
        text: str | None,
        *,
        kind: str = "work",
        about: int | None = None,
        reviewed: bool = False,
    ) -> int:
        self.turns_made += 1
        number = self.turns_made
        self.turns[number] = Turn(quest, agent, after, kind, about, reviewed, text=text or "", pool=agent == ANY)
        if self._is_held_back(number):
            self._set(number, state="blocked")
        self._post(quest, Message("assignment", sender, agent, number, text))
        return number

    def _claim(self, number: int, holder: str, agent: str) -> None:
        turn = self.turns[number]
        until = self.seconds + LEASE
        self._set(number, agent=agent)
        self._set(number, state="leased", holder=holder, fence=turn.fence + 1, attempt=turn.attempt + 1, until=until)

    def _answer(self, number: int, kind: str, text: str | None) -> None:
        turn = self.turns[number]
        stored_kind = "completed" if kind == "unmarked" else kind
        self._post(turn.quest, Message(stored_kind, turn.agent, LEADER, number, text))
        self._set(number, answer=kind)

    def _end(self, number: int, state: str) -> None:
        self._set(number, state=state, reserved=())

    def _finish(self, number: int, *, completed: bool) -> None:
        self._end(number, "done")
        turn = self.turns[number]
        if not completed:
            return
        if turn.reviewed:
            self._set(number, verdict="pending")
            self._set_status(turn.quest)
        self._settle(number)

    def _settle(self, number: int) -> None:
        for waiting in self._waiting_for(number):
            if not self._is_held_back(waiting):
                self._set(waiting, state="queued")

    def _cancel_waiting(self, number: int) -> None:
        while waiting := self._waiting_for(number):
            self._end(waiting[0], "cancelled")
            self._tell_leader(waiting[0])
            self._cancel_waiting(waiting[0])

    def _reply(self, number: int, new: list[int]) -> None:
        """What waits for a question waits for the reply from now on, and a review of it reviews the reply."""
        self._set(number, decision="replied")
        for other, turn in self.turns.items():
            if self._is_live_review(turn, number):
                self._set(other, about=new[0])
        for waiting in self._waiting_for(number):
            self._set(waiting, after=self.turns[waiting].after - {number} | {*new})

    def _queue_again(self, number: int) -> None:
        back = ANY if self.turns[number].pool else self.turns[number].agent
        self._set(number, agent=back, state="queued", reserved=())

    def _give_back(self, number: int) -> None:
        if self.turns[number].attempt < ATTEMPTS:
            self._queue_again(number)
            return
        self._end(number, "dead")
        self._tell_leader(number)
        self._cancel_waiting(number)


NAMES = ("src", "srcs", "doc", "x", "a.py", "other")
# Nothing lies below a name with an extension.
PATHS = [
    "/".join(names)
    for depth in (1, 2, 3)
    for names in itertools.product(NAMES, repeat=depth)
    if not any("." in name for name in names[:-1])
]


@functools.cache
def covered(pattern: str) -> frozenset[str]:
    """Return the paths that match a pattern, with those below them."""
    parts = ["(.+/)?" if part == "**" else re.escape(part).replace(r"\*", "[^/]*") + "/" for part in pattern.split("/")]
    expression = re.compile("".join(parts))
    return frozenset(path for path in PATHS if expression.match(path + "/"))


def overlap(one: str, other: str) -> bool:
    return not covered(one).isdisjoint(covered(other))

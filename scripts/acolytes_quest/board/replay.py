"""Replay the audit log, to check that the tables hold what the events determine.

Events determine a turn's quest, assignee, state, fence, attempts and last holder; the verdicts of reviews; the
decisions of the leader; the current reservations; and the status of a quest. Texts, dependencies, files, lease times
and what the leader has read are not in the events.
"""

from __future__ import annotations

from ..checks import ANYONE
from .reservations import described
from .rows import Event
from .states import TAKEN_BACK

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..stores.engine import Transaction

_STATES = {
    "blocked": "blocked",
    "queued": "queued",
    "expired": "queued",
    "released": "queued",
    "orphaned": "queued",
    "claimed": "leased",
    "done": "done",
    "dead": "dead",
    "cancelled": "cancelled",
}
_VERDICTS = frozenset(("pending", "accepted", "changed", "dropped"))
_DECISIONS = frozenset(("replied", "abandoned"))
_ENDS = frozenset(("completed", "failed", "cancelled"))


class ReplayedTurn:
    """The columns of a turn that its events determine."""

    __slots__ = ("assignee", "attempt", "fence", "for_anyone", "holder", "quest", "state")

    def __init__(self, quest: int, assignee: str, state: str, fence: int, attempt: int, holder: str | None) -> None:
        self.quest = quest
        self.assignee = assignee
        self.state = state
        self.fence = fence
        self.attempt = attempt
        self.holder = holder
        self.for_anyone = assignee == ANYONE

    def __repr__(self) -> str:
        names = ("assignee", "attempt", "fence", "holder", "quest", "state")
        return ", ".join(f"{name} {getattr(self, name)}" for name in names)

    def __eq__(self, other: object) -> bool:
        return repr(self) == repr(other)

    __hash__ = None  # type: ignore[assignment]  # it changes while events are replayed


class Replayed:
    """The state that events determine. Turns, verdicts and decisions are by turn.

    `shared` is by turn and by the path as the events name it.
    """

    def __init__(self) -> None:
        self.turns: dict[int, ReplayedTurn] = {}
        self.verdicts: dict[int, str] = {}
        self.decisions: dict[int, str] = {}
        self.shared: dict[tuple[int, str], int] = {}
        self.status: dict[int, str] = {}

    def add(self, event: Event) -> None:
        """Apply the next event of the log. Events of other kinds change nothing here."""
        kind, turn = event.kind, event.turn
        if turn is None:
            self._add_of_quest(kind, event.quest)
        elif kind in _STATES:
            self._add_state(turn, event)
        elif kind in _VERDICTS:
            self.verdicts[turn] = kind
        elif kind in _DECISIONS:
            self.decisions[turn] = kind
        elif kind in {"reserved", "shared"}:
            self.shared[turn, event.detail or ""] = int(kind == "shared")
        elif kind == "unreserved":
            del self.shared[turn, event.detail or ""]

    def _add_of_quest(self, kind: str, quest: int) -> None:
        if kind == "created":
            self.status[quest] = "open"
        elif kind in _ENDS:
            self.status[quest] = kind

    def _add_state(self, number: int, event: Event) -> None:
        state = _STATES[event.kind]
        turn = self.turns.get(number)
        if turn is None:
            turn = self.turns[number] = ReplayedTurn(event.quest, event.actor or "", state, 0, 0, None)
        turn.state = state
        if event.kind == "claimed":
            turn.fence, turn.holder, turn.assignee = event.fence or 0, event.session, event.actor or ""
            turn.attempt += 1
        else:
            self.shared = {key: shared for key, shared in self.shared.items() if key[0] != number}
            turn.attempt -= (event.kind, event.detail) == ("released", TAKEN_BACK)
            if state == "queued" and turn.for_anyone:
                turn.assignee = ANYONE


def replay(events: Iterable[Event]) -> Replayed:
    """Return the state that the events, in their order, determine."""
    replayed = Replayed()
    for event in events:
        replayed.add(event)
    for turn, verdict in replayed.verdicts.items():
        quest = replayed.turns[turn].quest
        if verdict == "pending" and replayed.status[quest] == "open":
            replayed.status[quest] = "reviewing"
    return replayed


def differences(tx: Transaction, quest: int) -> list[str]:
    """Return where the tables of a quest differ from its events, one line each."""
    replayed = replay(tx.rows(Event, "SELECT * FROM event WHERE quest = ? ORDER BY id", quest))
    turns = tx.tuples("SELECT id, quest, assignee, state, fence, attempt, holder FROM turn WHERE quest = ?", quest)
    joined = "JOIN turn t ON t.id = x.turn WHERE t.quest = ?"
    verdicts = tx.tuples(f"SELECT x.turn, x.verdict FROM review x {joined}", quest)
    decisions = tx.tuples(f"SELECT x.turn, x.outcome FROM decision x {joined}", quest)
    reserved = tx.tuples(f"SELECT x.turn, x.tree, x.path, x.shared FROM reservation x {joined}", quest)
    shared = {(turn, described(tree, path)): flag for turn, tree, path, flag in reserved}
    status = tx.tuples("SELECT id, status FROM quest WHERE id = ?", quest)
    return [
        *_differences("turn", {number: ReplayedTurn(*row) for number, *row in turns}, replayed.turns),
        *_differences("review of turn", dict(verdicts), replayed.verdicts),
        *_differences("decision on turn", dict(decisions), replayed.decisions),
        *_differences("reservation of", shared, replayed.shared),
        *_differences("quest", dict(status), replayed.status),
    ]


def _differences(what: str, table: dict[Any, Any], events: dict[Any, Any]) -> list[str]:
    return [
        f"{what} {key}: the table has {table.get(key)}, the events give {events.get(key)}"
        for key in sorted({*table, *events})
        if table.get(key) != events.get(key)
    ]

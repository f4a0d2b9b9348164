"""The event log, replayed: what the tables of turns, verdicts, reservations and quests must hold if nothing was lost.

Replayed are a turn's quest, assignee, state, fence, attempts and last holder, the verdicts of reviews, the live
reservations, and whether a quest is over. Texts, dependencies, files and lease times are not in the events.
"""

from __future__ import annotations

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
    "claimed": "leased",
    "done": "done",
    "dead": "dead",
    "cancelled": "cancelled",
}
_VERDICTS = frozenset(("pending", "accepted", "changed", "dropped"))
_ENDS = frozenset(("completed", "failed", "cancelled"))


class Replayed:
    """What events say: rows of `turns` by number, `verdicts` by turn, `shared` by (turn, path), `status` by quest."""

    def __init__(self) -> None:
        self.turns: dict[int, dict[str, Any]] = {}
        self.verdicts: dict[int, str] = {}
        self.shared: dict[tuple[int, str], int] = {}
        self.status: dict[int, str] = {}

    def add(self, event: dict[str, Any]) -> None:
        """Take one event more, in the log's order; kinds that change none of this do not matter."""
        kind, turn = event["kind"], event["turn"]
        if turn is None:
            self._add_of_quest(kind, event["quest"])
        elif kind in _STATES:
            self._add_state(event)
        elif kind in _VERDICTS:
            self.verdicts[turn] = kind
        elif kind in {"reserved", "shared"}:
            self.shared[turn, event["detail"]] = int(kind == "shared")
        elif kind == "unreserved":
            del self.shared[turn, event["detail"]]

    def _add_of_quest(self, kind: str, quest: int) -> None:
        if kind == "created":
            self.status[quest] = "open"
        elif kind in _ENDS:
            self.status[quest] = kind

    def _add_state(self, event: dict[str, Any]) -> None:
        row = self.turns.setdefault(
            event["turn"],
            {"quest": event["quest"], "assignee": event["actor"], "fence": 0, "attempt": 0, "holder": None},
        )
        row["state"] = _STATES[event["kind"]]
        if event["kind"] == "claimed":
            row["fence"], row["holder"] = event["fence"], event["session"]
            row["attempt"] += 1
        else:
            self.shared = {key: shared for key, shared in self.shared.items() if key[0] != event["turn"]}


def replay(events: Iterable[dict[str, Any]]) -> Replayed:
    """Return what the events, in their order, say that the tables hold."""
    replayed = Replayed()
    for event in events:
        replayed.add(event)
    for turn, verdict in replayed.verdicts.items():
        quest = replayed.turns[turn]["quest"]
        if verdict == "pending" and replayed.status[quest] == "open":
            replayed.status[quest] = "reviewing"
    return replayed


def differences(tx: Transaction, quest: int) -> list[str]:
    """Return where a quest's tables are not what its events say, a line each."""
    replayed = replay(tx.all("SELECT * FROM event WHERE quest = ? ORDER BY id", quest))
    rows = tx.all("SELECT id, quest, assignee, state, fence, attempt, holder FROM turn WHERE quest = ?", quest)
    joined = "JOIN turn t ON t.id = x.turn WHERE t.quest = ?"
    verdicts = tx.all(f"SELECT x.turn, x.verdict FROM review x {joined}", quest)
    shared = tx.all(f"SELECT x.turn, x.path, x.shared FROM reservation x {joined}", quest)
    status = tx.all("SELECT id, status FROM quest WHERE id = ?", quest)
    pairs = (
        ("turn", {row.pop("id"): row for row in rows}, replayed.turns),
        ("review of turn", {row["turn"]: row["verdict"] for row in verdicts}, replayed.verdicts),
        ("reservation of", {(row["turn"], row["path"]): row["shared"] for row in shared}, replayed.shared),
        ("quest", {row["id"]: row["status"] for row in status}, replayed.status),
    )
    return [
        f"{what} {key}: the table has {table.get(key)}, the events say {events.get(key)}"
        for what, table, events in pairs
        for key in sorted({*table, *events})
        if table.get(key) != events.get(key)
    ]

"""The rows of the board as verbs print them: in JSON, and in one line for a reader."""

from __future__ import annotations

import time

from .board import decisions, messages, reservations
from .framing import counted, is_damaged, quoted, visible
from .trees import elsewhere, words

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from .board.activity import Activity
    from .board.rows import Event, Message, Quest, Reservation, Turn
    from .board.wanted import OtherTree
    from .stores.engine import Transaction


def utc(at: float) -> str:
    """Return Unix seconds as a UTC time, to the second.

    >>> utc(0)
    '1970-01-01T00:00:00Z'
    """
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def utc_or_none(at: float | None) -> str | None:
    """Return Unix seconds as a UTC time; None for an unknown time."""
    return None if at is None else utc(at)


def age(seconds: float) -> str:
    """Return a length of time for a reader, in one unit.

    >>> age(20.4), age(200), age(7300), age(400000)
    ('20 s', '3 min', '2 h', '4 days')
    """
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    return f"{whole // 3600} h" if whole < 2 * 86_400 else f"{whole // 86_400} days"


def message_title(row: Message) -> str:
    """Return the title of a message: its number, kind and author."""
    turn = f", turn {row.turn}" if row.turn else ""
    login = f" (login {visible(row.login)})" if row.login else ""
    kind = messages.shown_kind(row.kind, row.text)
    return f"message {row.seq} ({kind}{turn}) from {row.sender}{login}{damage_mark(row)}"


def damage_mark(row: Message) -> str:
    """Return what the title of a message says when a part of its text is lost."""
    return ", damaged" if is_damaged(row.text) else ""


def message_data(row: Message) -> dict[str, object]:
    """Return a message for JSON, the same wherever one is shown."""
    return {
        "quest": row.quest,
        "seq": row.seq,
        "kind": row.kind,
        "from": row.sender,
        "to": row.recipient,
        "turn": row.turn,
        "at": utc(row.at),
        "text": row.text,
        "redacted": bool(row.redacted),
        "login": row.login,
        "damaged": is_damaged(row.text),
    }


def quest_data(quest: Quest) -> dict[str, object]:
    """Return a quest for JSON."""
    return {
        "quest": quest.id,
        "status": quest.status,
        "mode": quest.mode,
        "phase": quest.phase,
        "leader": quest.leader,
        "mission": quest.mission,
        "summary": quest.summary,
        "created": utc(quest.created_at),
        "ended": utc_or_none(quest.finished_at),
        "tree": quest.tree,
    }


def event_data(row: Event) -> dict[str, object]:
    """Return an event for JSON."""
    return {
        "event": row.id,
        "kind": row.kind,
        "turn": row.turn,
        "actor": row.actor,
        "session": row.session,
        "fence": row.fence,
        "detail": row.detail,
        "at": utc(row.at),
        "login": row.login,
    }


def reservation_data(row: Reservation) -> dict[str, object]:
    """Return a reservation for JSON."""
    return {"path": row.path, "shared": bool(row.shared), "tree": row.tree}


def reservation_words(rows: list[Reservation], own_tree: str) -> str:
    """Return reservations for a reader in the working tree `own_tree`."""
    listed = (row.path + (" (shared)" if row.shared else "") + elsewhere(row.tree, own_tree) for row in rows)
    return quoted(", ".join(listed), 200)


def other_trees_line(others: list[OtherTree]) -> str:
    """Return which turns wait in other working trees, and how to take one; nothing without any."""
    ready = [other for other in others if other.ready]
    if not ready:
        return ""
    listed = ", ".join(
        f"{counted(other.ready, 'turn')} of quest {other.quest} in {words(other.tree)}" for other in ready
    )
    return f"in other working trees: {listed}; to work there, add --quest N"


class TurnDetails:
    """A turn with its activity, its last holder's login, its answer with the verdict or decision, and its paths."""

    __slots__ = (
        *("activity", "after", "answer", "decision", "files", "lease_left", "login", "reserved", "turn", "verdict"),
    )

    def __init__(self, tx: Transaction, turn: Turn, activity: Activity | None = None) -> None:
        answer = messages.answer_to(tx, turn.id)
        self.turn = turn
        self.activity = activity
        self.answer = messages.shown_kind(answer.kind, answer.text) if answer else None
        is_question = self.answer in {"clarification", "blocked"}
        self.decision = (decisions.outcome(tx, turn.id) or "needed") if is_question else None
        self.verdict = tx.value(str, "SELECT verdict FROM review WHERE turn = ?", turn.id)
        self.login = tx.value(str, "SELECT login FROM session WHERE id = ?", turn.holder) if turn.holder else None
        self.lease_left = round(turn.lease_left(tx.now)) if turn.state == "leased" else None
        self.after = tx.column(int, "SELECT after FROM turn_dependency WHERE turn = ? ORDER BY after", turn.id)
        self.files = tx.column(str, "SELECT path FROM turn_file WHERE turn = ? ORDER BY path", turn.id)
        self.reserved = reservations.of_turn(tx, turn.id)

    def data(self) -> dict[str, object]:
        """Return the turn for JSON, with times where its activity was asked for."""
        times = {}
        if self.activity is not None:
            times = {
                "since": utc_or_none(self.activity.since),
                "last_sign": utc_or_none(self.activity.last_sign),
                "client_ended": self.activity.client_ended,
            }
        return {
            "turn": self.turn.id,
            "agent": self.turn.assignee,
            "state": self.turn.state,
            "login": self.login,
            "answer": self.answer,
            "kind": self.turn.kind,
            "about": self.turn.about,
            "reviewed": bool(self.turn.reviewed),
            "verdict": self.verdict,
            "decision": self.decision,
            "attempt": self.turn.attempt,
            "fence": self.turn.fence,
            "lease_left": self.lease_left,
            **times,
            "after": self.after,
            "files": self.files,
            "reserved": [reservation_data(row) for row in self.reserved],
        }

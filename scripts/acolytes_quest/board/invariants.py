"""The invariants of a board. Each is a query whose rows are violations; docs/quest.md numbers them.

The first and the eleventh (nothing acknowledged is lost, reading changes nothing) cannot be checked in one state of a
board. Tests check them.
"""

from __future__ import annotations

from ..stores.sql import LIVE, OPEN
from .messages import QUESTIONS
from .replay import differences
from .reservations import overlap
from .rows import Reservation

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction


class Violation:
    """A violated invariant: its number in docs/quest.md, and what is wrong."""

    __slots__ = ("invariant", "quest", "text")

    def __init__(self, quest: int, invariant: int, text: str) -> None:
        self.quest = quest
        self.invariant = invariant
        self.text = text


# Each query has one condition on the quest; its columns fill the gaps of its sentence.
_QUERIES = (
    (
        2,
        "turn {}: its fence {} is not the number of times that it was taken ({})",
        (
            "SELECT t.id, t.fence, COUNT(e.id) AS claims FROM turn t LEFT JOIN event e ON e.turn = t.id"
            " AND e.kind = 'claimed' WHERE t.quest = ? GROUP BY t.id, t.fence HAVING COUNT(e.id) <> t.fence"
        ),
    ),
    (
        3,
        "turn {} is {} and has {} answers",
        (
            "SELECT t.id, t.state, COUNT(m.seq) AS answers FROM turn t LEFT JOIN message m ON m.turn = t.id"
            " AND m.kind IN ('completed', 'clarification', 'blocked') WHERE t.quest = ? GROUP BY t.id, t.state"
            " HAVING COUNT(m.seq) <> CASE WHEN t.state = 'done' THEN 1 ELSE 0 END"
        ),
    ),
    (
        4,
        "its last message should have the number {}, and it has {} messages",
        (
            "SELECT q.next_seq - 1 AS last, COUNT(m.seq) AS number FROM quest q LEFT JOIN message m ON m.quest = q.id"
            " WHERE q.id = ? GROUP BY q.id, q.next_seq"
            " HAVING COUNT(m.seq) <> q.next_seq - 1 OR COALESCE(MAX(m.seq), 0) <> q.next_seq - 1"
        ),
    ),
    (
        5,
        "message {} is redacted, but no event records that",
        (
            "SELECT m.seq FROM message m WHERE m.quest = ? AND m.redacted = 1 AND NOT EXISTS (SELECT 1 FROM event e"
            " WHERE e.quest = m.quest AND e.kind = 'redacted' AND e.detail = CAST(m.seq AS TEXT))"
        ),
    ),
    (
        5,
        "it is {}, but turn {} is still {}",
        (
            "SELECT q.status, t.id, t.state FROM quest q JOIN turn t ON t.quest = q.id WHERE q.id = ?"
            f" AND q.status NOT IN {OPEN} AND t.state IN {LIVE}"
        ),
    ),
    (
        5,
        "it is {}, but the review of turn {} is {}",
        (
            "SELECT q.status, r.turn, r.verdict FROM quest q JOIN turn t ON t.quest = q.id"
            " JOIN review r ON r.turn = t.id WHERE q.id = ? AND r.verdict = 'pending' AND q.status <> 'reviewing'"
        ),
    ),
    (
        6,
        "{} works in it, but is not a member",
        (
            "SELECT DISTINCT t.assignee AS agent FROM turn t LEFT JOIN member m ON m.quest = t.quest"
            " AND m.agent = t.assignee WHERE t.quest = ? AND m.agent IS NULL"
        ),
    ),
    (
        6,
        "it has {1} leaders",
        (
            "SELECT q.id, COUNT(m.agent) AS leaders FROM quest q LEFT JOIN member m ON m.quest = q.id"
            " AND m.role = 'leader' AND m.agent = q.leader WHERE q.id = ? GROUP BY q.id HAVING COUNT(m.agent) <> 1"
        ),
    ),
    (
        7,
        "{1} turns are leased at once in single mode",
        (
            "SELECT q.id, COUNT(t.id) AS number FROM quest q JOIN turn t ON t.quest = q.id"
            " WHERE q.id = ? AND q.mode = 'single' AND t.state = 'leased' GROUP BY q.id HAVING COUNT(t.id) > 1"
        ),
    ),
    (
        8,
        "turn {} is {}, but has reserved a path",
        (
            "SELECT DISTINCT r.turn, t.state FROM reservation r JOIN turn t ON t.id = r.turn"
            " WHERE t.quest = ? AND t.state <> 'leased'"
        ),
    ),
    (
        10,
        "turn {} is blocked, but no turn that it depends on can still be completed",
        (
            "SELECT t.id FROM turn t WHERE t.quest = ? AND t.state = 'blocked' AND NOT EXISTS"
            " (SELECT 1 FROM turn_dependency d JOIN turn a ON a.id = d.after LEFT JOIN review r ON r.turn = a.id"
            f" WHERE d.turn = t.id AND (a.state IN {LIVE} OR r.verdict = 'pending' OR EXISTS (SELECT 1 FROM message m"
            f" WHERE m.turn = a.id AND m.kind IN {QUESTIONS}"
            " AND NOT EXISTS (SELECT 1 FROM decision x WHERE x.turn = a.id))))"
        ),
    ),
    (
        10,
        "turn {} is dead, but its leader was not notified",
        (
            "SELECT t.id FROM turn t WHERE t.quest = ? AND t.state = 'dead' AND NOT EXISTS"
            " (SELECT 1 FROM message m WHERE m.turn = t.id AND m.kind = 'system')"
        ),
    ),
)


def violations(tx: Transaction, quest: int) -> list[Violation]:
    """Return the invariants that a quest violates, in their order."""
    result: list[tuple[int, str]] = []
    for number, sentence, sql in _QUERIES:
        result += [(number, sentence.format(*row)) for row in tx.tuples(sql, quest)]
    result += [(8, line) for line in _overlapping(tx, quest)]
    result += [(9, line) for line in differences(tx, quest)]
    return [Violation(quest, number, text) for number, text in sorted(result)]


def _overlapping(tx: Transaction, quest: int) -> list[str]:
    own = tx.rows(Reservation, "SELECT r.* FROM reservation r JOIN turn t ON t.id = r.turn WHERE t.quest = ?", quest)
    others = tx.rows(Reservation, "SELECT * FROM reservation") if own else []
    return [
        f"turns {one.turn} and {other.turn} have both reserved {one.path!a} (the other as {other.path!a})"
        for one in own
        for other in others
        if one.turn < other.turn and overlap(one, other)
        if not (one.shared and other.shared)
    ]

"""What must hold on every board at every moment, as queries whose rows are the exceptions. docs/quest.md numbers them.

The first and the eleventh (nothing acknowledged is lost, reading changes nothing) cannot be seen in one state of a
board: tests hold them.
"""

from __future__ import annotations

from ..stores.sql import LIVE, OPEN
from .replay import differences
from .reservations import overlap

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction

# Each query has one `quest` condition and returns what its sentence names.
_QUERIES = (
    (
        2,
        "turn {id}: its fence {fence} is not the number of times that it was taken ({claims})",
        (
            "SELECT t.id, t.fence, COUNT(e.id) AS claims FROM turn t LEFT JOIN event e ON e.turn = t.id"
            " AND e.kind = 'claimed' WHERE t.quest = ? GROUP BY t.id, t.fence HAVING COUNT(e.id) <> t.fence"
        ),
    ),
    (
        3,
        "turn {id} is {state} and has {answers} answers",
        (
            "SELECT t.id, t.state, COUNT(m.seq) AS answers FROM turn t LEFT JOIN message m ON m.turn = t.id"
            " AND m.kind IN ('completed', 'clarification', 'blocked') WHERE t.quest = ? GROUP BY t.id, t.state"
            " HAVING COUNT(m.seq) <> CASE WHEN t.state = 'done' THEN 1 ELSE 0 END"
        ),
    ),
    (
        4,
        "its {number} messages do not have the numbers from 1 to {last}",
        (
            "SELECT q.next_seq - 1 AS last, COUNT(m.seq) AS number FROM quest q LEFT JOIN message m ON m.quest = q.id"
            " WHERE q.id = ? GROUP BY q.id, q.next_seq"
            " HAVING COUNT(m.seq) <> q.next_seq - 1 OR COALESCE(MAX(m.seq), 0) <> q.next_seq - 1"
        ),
    ),
    (
        5,
        "message {seq} is redacted and no event says so",
        (
            "SELECT m.seq FROM message m WHERE m.quest = ? AND m.redacted = 1 AND NOT EXISTS (SELECT 1 FROM event e"
            " WHERE e.quest = m.quest AND e.kind = 'redacted' AND e.detail = CAST(m.seq AS TEXT))"
        ),
    ),
    (
        5,
        "it is {status} and turn {id} still {state}",
        (
            "SELECT q.status, t.id, t.state FROM quest q JOIN turn t ON t.quest = q.id WHERE q.id = ?"
            f" AND q.status NOT IN {OPEN} AND t.state IN {LIVE}"
        ),
    ),
    (
        5,
        "it is {status}, and the review of turn {turn} {verdict}",
        (
            "SELECT q.status, r.turn, r.verdict FROM quest q JOIN turn t ON t.quest = q.id"
            " JOIN review r ON r.turn = t.id WHERE q.id = ? AND r.verdict = 'pending' AND q.status <> 'reviewing'"
        ),
    ),
    (
        6,
        "{agent} works in it and is no member",
        (
            "SELECT DISTINCT t.assignee AS agent FROM turn t LEFT JOIN member m ON m.quest = t.quest"
            " AND m.agent = t.assignee WHERE t.quest = ? AND m.agent IS NULL"
        ),
    ),
    (
        6,
        "it has {leaders} leaders",
        (
            "SELECT q.id, COUNT(m.agent) AS leaders FROM quest q LEFT JOIN member m ON m.quest = q.id"
            " AND m.role = 'leader' AND m.agent = q.leader WHERE q.id = ? GROUP BY q.id HAVING COUNT(m.agent) <> 1"
        ),
    ),
    (
        7,
        "{number} turns are leased at once in single mode",
        (
            "SELECT q.id, COUNT(t.id) AS number FROM quest q JOIN turn t ON t.quest = q.id"
            " WHERE q.id = ? AND q.mode = 'single' AND t.state = 'leased' GROUP BY q.id HAVING COUNT(t.id) > 1"
        ),
    ),
    (
        8,
        "turn {turn} is {state} and has reserved a path",
        (
            "SELECT DISTINCT r.turn, t.state FROM reservation r JOIN turn t ON t.id = r.turn"
            " WHERE t.quest = ? AND t.state <> 'leased'"
        ),
    ),
    (
        10,
        "turn {id} is blocked, and nothing that it waits for can still come about",
        (
            "SELECT t.id FROM turn t WHERE t.quest = ? AND t.state = 'blocked' AND NOT EXISTS"
            " (SELECT 1 FROM turn_dependency d JOIN turn a ON a.id = d.after LEFT JOIN review r ON r.turn = a.id"
            f" WHERE d.turn = t.id AND (a.state IN {LIVE} OR r.verdict = 'pending'))"
        ),
    ),
    (
        10,
        "turn {id} is dead, and its leader was not told",
        (
            "SELECT t.id FROM turn t WHERE t.quest = ? AND t.state = 'dead' AND NOT EXISTS"
            " (SELECT 1 FROM message m WHERE m.turn = t.id AND m.kind = 'system')"
        ),
    ),
)


def broken(tx: Transaction, quest: int) -> list[dict[str, object]]:
    """Return what is wrong with a quest: `quest`, `invariant` (its number) and `what`."""
    found: list[tuple[int, str]] = [
        (number, sentence.format(**row)) for number, sentence, sql in _QUERIES for row in tx.all(sql, quest)
    ]
    found += [(8, line) for line in _overlapping(tx, quest)]
    found += [(9, line) for line in differences(tx, quest)]
    return [{"quest": quest, "invariant": number, "what": what} for number, what in sorted(found)]


def _overlapping(tx: Transaction, quest: int) -> list[str]:
    mine = tx.all("SELECT r.* FROM reservation r JOIN turn t ON t.id = r.turn WHERE t.quest = ?", quest)
    others = tx.all("SELECT * FROM reservation") if mine else []
    return [
        f"turns {one['turn']} and {other['turn']} have both reserved {one['path']!a}"
        for one in mine
        for other in others
        if one["turn"] < other["turn"] and overlap(one["path"], other["path"])
        if not (one["shared"] and other["shared"])
    ]

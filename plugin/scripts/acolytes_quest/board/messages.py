"""Messages: appended in one dense sequence a quest, never changed but by redaction; and reading them within a bound."""

from __future__ import annotations

from ..checks import BOARD_NAME
from ..errors import RefusalError

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

    from ..stores.engine import Transaction

ANSWERS = "('completed', 'clarification', 'blocked')"
OPENINGS = "Completed:, CLARIFICATION: or BLOCKED:"


def stated_kind(text: str) -> str | None:
    """Return completed, clarification or blocked when an answer's first word says so, else None.

    Markdown and white space before the word do not matter. `Completed` needs its colon, since others start their work
    on it; for the other two the word is enough: a question taken for a result does harm, the reverse does not.
    """
    start = text[_plain_length(text) :].lower()
    for kind in ("clarification", "blocked"):
        if start.startswith(kind):
            return kind
    rest = start[len("completed") :] if start.startswith("completed") else ""
    return "completed" if ":" in rest[: _plain_length(rest)] else None


def shown_kind(row: dict[str, Any]) -> str:
    """Return a message's kind for reading: a `completed` that the text itself does not state is marked as such."""
    unmarked = row["kind"] == "completed" and stated_kind(row["text"]) is None
    return "completed, unmarked" if unmarked else str(row["kind"])


def append(
    tx: Transaction,
    quest: int,
    *,
    kind: str,
    sender: str,
    text: str,
    recipient: str | None = None,
    turn: int | None = None,
    session: str | None = None,
    key: str | None = None,
) -> int:
    """Add a message to an open quest and wake its recipient; return its place in the sequence."""
    row = tx.all("UPDATE quest SET next_seq = next_seq + 1 WHERE id = ? RETURNING next_seq - 1 AS seq", quest)[0]
    tx.run(
        "INSERT INTO message (quest, seq, kind, sender, recipient, turn, session, idempotency_key, text, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(quest, row["seq"], kind, sender, recipient, turn, session, key, text, tx.at),
    )
    if recipient:
        tx.to_wake.add(recipient)
    return int(row["seq"])


def find(tx: Transaction, quest: int, seq: int) -> dict[str, Any]:
    """Return the message with this number, or refuse the number."""
    row = tx.one("SELECT * FROM message WHERE quest = ? AND seq = ?", quest, seq)
    if row is None:
        raise RefusalError(
            f"quest {quest} has no message {seq}; see acolytes-quest conversation --quest {quest} for their numbers"
        )
    return row


def redact(tx: Transaction, row: dict[str, Any], reason: str) -> None:
    """Put a tombstone in the place of a message's text. How an answer ended stays readable, for others rely on it."""
    opening = "Completed: " if row["kind"] == "completed" and stated_kind(row["text"]) else ""
    tx.run(
        "UPDATE message SET text = ?, redacted = 1 WHERE quest = ? AND seq = ?",
        *(f"{opening}[redacted: {reason}]", row["quest"], row["seq"]),
    )
    if row["kind"] == "summary":
        tx.run("UPDATE quest SET summary = NULL WHERE id = ?", row["quest"])


def assignment(tx: Transaction, turn: int) -> dict[str, Any]:
    """Return the message that gave a turn."""
    return tx.all("SELECT * FROM message WHERE turn = ? AND kind = 'assignment'", turn)[0]


def answer_to(tx: Transaction, turn: int) -> dict[str, Any] | None:
    """Return the answer to a turn, or None."""
    return tx.one(f"SELECT * FROM message WHERE turn = ? AND kind IN {ANSWERS}", turn)


def tell_leader(tx: Transaction, quest: int, text: str, *, turn: int, key: str | None = None) -> None:
    """Post a message of the board's own to the leader, once for each `key`."""
    leader = tx.all("SELECT leader FROM quest WHERE id = ?", quest)[0]["leader"]
    if key is None or not has_key(tx, quest, key):
        append(tx, quest, kind="system", sender=BOARD_NAME, recipient=leader, turn=turn, key=key, text=text)


def has_key(tx: Transaction, quest: int, key: str) -> bool:
    """Whether the board itself has posted something under this key."""
    sql = "SELECT 1 FROM message WHERE quest = ? AND sender = ? AND idempotency_key = ?"
    return bool(tx.all(sql, quest, BOARD_NAME, key))


def sent_before(
    tx: Transaction, quest: int, sender: str, recipients: list[str], key: str, text: str
) -> list[dict[str, Any]]:
    """Return what `sender` sent under this key when the call is a retry; refuse a key used for something else."""
    rows = tx.all(
        "SELECT seq, recipient, turn, text, redacted FROM message"
        " WHERE quest = ? AND sender = ? AND idempotency_key = ? ORDER BY seq",
        *(quest, sender, key),
    )
    same_text = all(row["text"] == text or row["redacted"] for row in rows)
    if rows and ({row["recipient"] for row in rows} != set(recipients) or not same_text):
        raise RefusalError(f"the key {key!a} was used for another message ({rows[0]['seq']}): use a new key")
    return rows


def newest(tx: Transaction, quest: int, seq: int, limit: int) -> list[dict[str, Any]]:
    """Return the quest's messages after `seq`, newest first, at most `limit` of them."""
    return tx.all("SELECT * FROM message WHERE quest = ? AND seq > ? ORDER BY seq DESC LIMIT ?", quest, seq, limit)


def measure(tx: Transaction, quest: int, seq: int) -> tuple[int, int]:
    """Return how many messages the quest has after `seq`, and their characters in all."""
    sql = "SELECT COUNT(*) AS number, COALESCE(SUM(LENGTH(text)), 0) AS size FROM message WHERE quest = ? AND seq > ?"
    row = tx.all(sql, quest, seq)[0]
    return row["number"], row["size"]


def news_for_leader(tx: Transaction, quest: int, leader: str, seq: int | None) -> list[dict[str, Any]]:
    """Return the messages to the leader after `seq`, oldest first.

    Without `seq` it is those about each worker that are newer than the leader's own last message to that worker: an
    answer that came between two assignments to others is not skipped.
    """
    rows = tx.all(
        "SELECT m.*, COALESCE(t.assignee, m.sender) AS about FROM message m LEFT JOIN turn t ON t.id = m.turn"
        " WHERE m.quest = ? AND m.recipient = ? AND m.seq > ? ORDER BY m.seq",
        *(quest, leader, seq or 0),
    )
    if seq is not None:
        return rows
    last = tx.all(
        "SELECT recipient, MAX(seq) AS seq FROM message WHERE quest = ? AND sender = ? GROUP BY recipient",
        *(quest, leader),
    )
    handled = {row["recipient"]: row["seq"] for row in last}
    return [row for row in rows if row["seq"] > handled.get(row["about"], 0)]


def _plain_length(text: str) -> int:
    """Return how many characters stand before the first letter or digit."""
    return next((place for place, char in enumerate(text) if char.isalnum()), len(text))

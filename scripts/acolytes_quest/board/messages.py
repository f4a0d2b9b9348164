"""Messages: each quest numbers them from 1 without gaps. A message never changes, except that it may be redacted."""

from __future__ import annotations

from ..checks import ANYONE, BOARD_NAME
from ..errors import RefusalError
from .quests import workers
from .rows import Message

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction

ANSWERS = "('completed', 'clarification', 'blocked')"
QUESTIONS = "('clarification', 'blocked')"  # the answers that need a decision of the leader
OPENINGS = "Completed:, CLARIFICATION: or BLOCKED:"


def stated_kind(text: str) -> str | None:
    """Return completed, clarification or blocked when the first word of an answer says so, else None.

    Markdown and white space before the word do not matter. `Completed` needs its colon, because other turns start when
    they see it. For the other two the word is enough: to mistake a question for a result does harm, the reverse does
    not.

    >>> stated_kind("**Completed:** all is fast"), stated_kind("BLOCKED by the network"), stated_kind("Completed it")
    ('completed', 'blocked', None)
    """
    start = text[_plain_length(text) :].lower()
    for kind in ("clarification", "blocked"):
        if start.startswith(kind):
            return kind
    rest = start[len("completed") :] if start.startswith("completed") else ""
    return "completed" if ":" in rest[: _plain_length(rest)] else None


def shown_kind(kind: str, text: str) -> str:
    """Return the kind of a message for a reader. An answer that counts as completed without saying so is marked.

    >>> shown_kind("completed", "Completed: all is fast")
    'completed'
    >>> shown_kind("completed", "All is fast")
    'completed, unmarked'
    """
    return "completed, unmarked" if kind == "completed" and stated_kind(text) is None else kind


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
) -> Message:
    """Add a message to an open quest, wake its recipient, and return it."""
    row = tx.rows(
        Message,
        "INSERT INTO message (quest, seq, kind, sender, recipient, turn, session, idempotency_key, text, at)"
        " VALUES (?, (SELECT next_seq FROM quest WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        *(quest, quest, kind, sender, recipient, turn, session, key, text, tx.at),
    )[0]
    tx.run("UPDATE quest SET next_seq = next_seq + 1 WHERE id = ?", quest)
    if recipient == ANYONE:
        tx.to_wake.update(workers(tx, quest))
    elif recipient:
        tx.to_wake.add(recipient)
    return row


def find(tx: Transaction, quest: int, seq: int) -> Message:
    """Return the message with this number. Refuse a number that does not exist."""
    row = tx.row(Message, "SELECT * FROM message WHERE quest = ? AND seq = ?", quest, seq)
    if row is None:
        raise RefusalError(
            f"quest {quest} has no message {seq}; see acolytes-quest conversation --quest {quest} for their numbers"
        )
    return row


def redact(tx: Transaction, row: Message, reason: str) -> None:
    """Replace the text of a message by the reason. How an answer ended stays readable, for other turns depend on it."""
    opening = "Completed: " if row.kind == "completed" and stated_kind(row.text) else ""
    tx.run(
        "UPDATE message SET text = ?, redacted = 1 WHERE quest = ? AND seq = ?",
        *(f"{opening}[redacted: {reason}]", row.quest, row.seq),
    )
    if row.kind == "summary":
        tx.run("UPDATE quest SET summary = NULL WHERE id = ?", row.quest)


def assignment(tx: Transaction, turn: int) -> Message:
    """Return the message that assigned a turn."""
    return tx.rows(Message, "SELECT * FROM message WHERE turn = ? AND kind = 'assignment'", turn)[0]


def first_task(tx: Transaction, turn: int) -> int:
    """Return the number of the message that first assigned the work of a turn: the others say only what to change."""
    sql = (
        "WITH RECURSIVE chain (id, about) AS (SELECT id, about FROM turn WHERE id = ?"
        " UNION ALL SELECT t.id, t.about FROM chain c JOIN turn t ON t.id = c.about)"
        " SELECT MIN(m.seq) FROM chain c JOIN message m ON m.turn = c.id WHERE m.kind = 'assignment'"
    )
    return tx.column(int, sql, turn)[0]


def answer_to(tx: Transaction, turn: int) -> Message | None:
    """Return the answer to a turn, or None."""
    return tx.row(Message, f"SELECT * FROM message WHERE turn = ? AND kind IN {ANSWERS}", turn)


def notify_leader(tx: Transaction, quest: int, text: str, *, turn: int, key: str | None = None) -> None:
    """Post a message from the board itself to the leader. With a `key`, it is posted only once."""
    leader = tx.column(str, "SELECT leader FROM quest WHERE id = ?", quest)[0]
    if key is None or not has_key(tx, quest, key):
        append(tx, quest, kind="system", sender=BOARD_NAME, recipient=leader, turn=turn, key=key, text=text)


def has_key(tx: Transaction, quest: int, key: str) -> bool:
    """Whether the board itself has posted a message with this key."""
    sql = "SELECT 1 FROM message WHERE quest = ? AND sender = ? AND idempotency_key = ?"
    return tx.exists(sql, quest, BOARD_NAME, key)


def sent_before(tx: Transaction, quest: int, sender: str, recipients: list[str], key: str, text: str) -> list[Message]:
    """Return what `sender` sent with this key, for a retry; nothing for a new key. Refuse one of another message."""
    rows = tx.rows(
        Message,
        "SELECT * FROM message WHERE quest = ? AND sender = ? AND idempotency_key = ? ORDER BY seq",
        *(quest, sender, key),
    )
    same_text = all(row.text == text or row.redacted for row in rows)
    if rows and ({row.recipient for row in rows} != set(recipients) or not same_text):
        raise RefusalError(f"the key {key!a} was used for another message ({rows[0].seq}): use a new key")
    return rows


def newest(tx: Transaction, quest: int, seq: int, limit: int) -> list[Message]:
    """Return the messages after `seq`, newest first, at most `limit` of them."""
    sql = "SELECT * FROM message WHERE quest = ? AND seq > ? ORDER BY seq DESC LIMIT ?"
    return tx.rows(Message, sql, quest, seq, limit)


def measure(tx: Transaction, quest: int, seq: int) -> tuple[int, int]:
    """Return the number of messages after `seq`, and the number of characters in them."""
    sql = "SELECT COUNT(*), COALESCE(SUM(LENGTH(text)), 0) FROM message WHERE quest = ? AND seq > ?"
    number, size = tx.tuples(sql, quest, seq)[0]
    return number, size


def _plain_length(text: str) -> int:
    """Return how many characters stand before the first letter or digit."""
    return next((place for place, char in enumerate(text) if char.isalnum()), len(text))

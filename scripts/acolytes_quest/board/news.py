"""What the leader of a quest has read: a message to it is new until a session has printed it and has called again.

A session that never calls again has lost what it printed, so another one is given the same news. `quest.leader_seen` is
the last message that the leader has read; `shown` has the last one that a session printed since its latest call.
"""

from __future__ import annotations

from . import identity
from .rows import Message

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..stores.engine import Query, Transaction
    from .rows import Quest

_ANONYMOUS = "anonymous"


def reader(session: str | None, environ: Mapping[str, str]) -> str:
    """Return the session that reads the news: --as, else the client's. Calls without either count as one session."""
    return identity.leader_session(session, environ) or _ANONYMOUS


def leader_reader(quest: Quest) -> str:
    """Return the session that reads the news of a quest as its leader, as far as the board knows."""
    return quest.leader_session or _ANONYMOUS


def showing(quest: int, reader: str) -> Query:
    """Return the query of `shown`."""
    return "SELECT seq FROM shown WHERE quest = ? AND session = ?", (quest, reader)


def shown(tx: Transaction, quest: int, reader: str) -> int:
    """Return the last message that the session has printed and that does not count as read yet; 0 without one."""
    sql, values = showing(quest, reader)
    return tx.value(int, sql, *values) or 0


def acknowledge(tx: Transaction, quest: Quest, reader: str) -> None:
    """Count as read by the leader what the session printed last: it has come back since.

    A person who looks from a terminal at the quest of a client's session is no reason to keep the news from that one.
    """
    if reader == _ANONYMOUS and quest.leader_session:
        return
    if seq := shown(tx, quest.id, reader):
        tx.run("DELETE FROM shown WHERE quest = ? AND session = ?", quest.id, reader)
        tx.run("UPDATE quest SET leader_seen = ? WHERE id = ? AND leader_seen < ?", seq, quest.id, seq)


def show(tx: Transaction, quest: int, reader: str, seq: int) -> None:
    """Record that the session has printed the news up to the message `seq`."""
    tx.run(
        "INSERT INTO shown (quest, session, seq) VALUES (?, ?, ?)"
        " ON CONFLICT (quest, session) DO UPDATE SET seq = excluded.seq WHERE shown.seq < excluded.seq",
        *(quest, reader, seq),
    )


def forget(tx: Transaction, reader: str) -> None:
    """Forget what the session printed last: its memory has ended, so that is new again."""
    tx.run("DELETE FROM shown WHERE session = ?", reader)


def print_again(tx: Transaction, quest: int) -> None:
    """Forget what every session printed last of a quest, because another one leads it now and has not had that."""
    tx.run("DELETE FROM shown WHERE quest = ?", quest)


def count_unread(tx: Transaction, quest: Quest) -> int:
    """Return how many messages the leader has not read, whoever looks."""
    sql = "SELECT COUNT(*) FROM message WHERE quest = ? AND recipient = ? AND seq > ?"
    return tx.column(int, sql, quest.id, quest.leader, quest.leader_seen)[0]


def counting(quest: int, reader: str) -> Query:
    """Return the query of `count_new`."""
    sql = (
        "SELECT COUNT(*) FROM message m JOIN quest q ON q.id = m.quest WHERE q.id = ? AND m.recipient = q.leader"
        " AND m.seq > q.leader_seen"
        " AND m.seq > COALESCE((SELECT s.seq FROM shown s WHERE s.quest = q.id AND s.session = ?), 0)"
    )
    return sql, (quest, reader)


def count_new(tx: Transaction, quest: int, reader: str) -> int:
    """Return how many messages to the leader this reader has not had."""
    sql, values = counting(quest, reader)
    return tx.column(int, sql, *values)[0]


def unread(tx: Transaction, quest: Quest, reader: str, since: int | None = None) -> list[Message]:
    """Return the messages to the leader after `since`, oldest first; without it, those that this reader has not had."""
    after = max(quest.leader_seen, shown(tx, quest.id, reader)) if since is None else since
    sql = "SELECT * FROM message WHERE quest = ? AND recipient = ? AND seq > ? ORDER BY seq"
    return tx.rows(Message, sql, quest.id, quest.leader, after)

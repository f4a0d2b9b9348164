"""Decisions of the leader on turns that were answered CLARIFICATION or BLOCKED: it replies, or drops the turn.

Until then the quest cannot be completed, so that no question and no obstacle is passed over.
"""

from __future__ import annotations

from ..errors import RefusalError
from .quests import log
from .rows import Question

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Query, Transaction
    from .rows import Quest

_OPEN = (
    "SELECT m.*, t.assignee, t.reviewed FROM message m JOIN turn t ON t.id = m.turn WHERE m.quest = ?"
    " AND m.kind IN ('clarification', 'blocked') AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.turn = m.turn)"
)


def needed(tx: Transaction, quest: int) -> list[Question]:
    """Return the answers that need a decision, oldest first."""
    return tx.rows(Question, f"{_OPEN} ORDER BY m.seq", quest)


def question(tx: Transaction, quest: int, turn: int) -> Question:
    """Return the answer to `turn`, which needs a decision. Refuse any other turn."""
    row = tx.row(Question, f"{_OPEN} AND m.turn = ?", quest, turn)
    if row is None:
        waiting = ", ".join(str(other.turn) for other in needed(tx, quest)[:10]) or "none"
        raise RefusalError(f"turn {turn} waits for no decision (turns that do: {waiting}): leave --answers out")
    return row


def reading_from(quest: int, agent: str) -> Query:
    """Return the query of `read_from`."""
    sql = f"{_OPEN} AND t.assignee = ? AND m.seq <= (SELECT leader_seen FROM quest WHERE id = m.quest) ORDER BY m.seq"
    return sql, (quest, agent)


def read_from(tx: Transaction, quest: Quest, agent: str) -> list[Question]:
    """Return the answers of `agent` that need a decision and that the leader has read."""
    sql, values = reading_from(quest.id, agent)
    return tx.rows(Question, sql, *values)


def outcome(tx: Transaction, turn: int) -> str | None:
    """Return how the leader decided on a turn: replied or abandoned; None if it has not."""
    return tx.value(str, "SELECT outcome FROM decision WHERE turn = ?", turn)


def decide(tx: Transaction, row: Question, outcome: str, *, session: str | None) -> None:
    """Record the decision; `outcome` is replied or abandoned."""
    tx.run("INSERT INTO decision (turn, outcome) VALUES (?, ?)", row.turn, outcome)
    log(tx, outcome, row.quest, turn=row.turn, actor=row.assignee, session=session)

"""Decisions of the leader on turns that were answered CLARIFICATION or BLOCKED: it replies, or drops the turn.

Until then the quest cannot be completed, so that no question and no obstacle is passed over. The turns that depend on
the question wait, too. A reply does the work of the question again, so they wait for the reply from then on.
"""

from __future__ import annotations

from ..errors import RefusalError
from ..stores.sql import LIVE
from . import dependencies
from .messages import QUESTIONS
from .quests import log
from .rows import Question, Turn

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Query, Transaction
    from .rows import Quest

_OPEN = (
    "SELECT m.*, t.assignee, t.reviewed, t.kind AS of_kind, t.about FROM message m JOIN turn t ON t.id = m.turn"
    " WHERE m.quest = ?"
    f" AND m.kind IN {QUESTIONS} AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.turn = m.turn)"
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


def reply(tx: Transaction, row: Question, new: list[int], *, session: str | None) -> list[int]:
    """Reply with the turns `new`. Return the turns that depended on the question: they now depend on those.

    The review turns of the question review the first of them.
    """
    _decide(tx, row, "replied", session)
    sql = f"UPDATE turn SET about = ? WHERE about = ? AND kind = 'review' AND state IN {LIVE}"
    tx.run(sql, new[0], row.turn)
    return dependencies.move(tx, row.turn, new)


def drop(tx: Transaction, row: Question, *, session: str | None) -> None:
    """Decide that a question gets no reply, and cancel the turns that depend on it."""
    _decide(tx, row, "abandoned", session)
    dependencies.resolve(tx, tx.rows(Turn, "SELECT * FROM turn WHERE id = ?", row.turn)[0], completed=False)


def _decide(tx: Transaction, row: Question, outcome: str, session: str | None) -> None:
    tx.run("INSERT INTO decision (turn, outcome) VALUES (?, ?)", row.turn, outcome)
    log(tx, outcome, row.quest, turn=row.turn, actor=row.assignee, session=session)

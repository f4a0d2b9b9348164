"""Reviews: the turns that depend on a reviewed turn are blocked until its answer is accepted."""

from __future__ import annotations

from ..errors import RefusalError
from ..stores.sql import LIVE
from . import dependencies, states
from .quests import log
from .rows import PendingReview, Quest, ReviewedTurn, Turn

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction


# After so many send-backs of one work, another one rarely helps: a person should decide.
MANY_SEND_BACKS = 3


def begin(tx: Transaction, turn: Turn) -> None:
    """Begin the review of a turn that was answered `Completed:`."""
    tx.run("INSERT INTO review (turn, verdict) VALUES (?, 'pending')", turn.id)
    log(tx, "pending", turn.quest, turn=turn.id, actor=turn.assignee)
    _set_status(tx, turn.quest)


def find(tx: Transaction, quest: int, turn: int) -> ReviewedTurn:
    """Return the turn with its verdict, which is None until the turn is completed. Refuse a turn without a review."""
    row = tx.row(
        ReviewedTurn,
        "SELECT t.*, r.verdict FROM turn t LEFT JOIN review r ON r.turn = t.id WHERE t.id = ? AND t.quest = ?",
        *(turn, quest),
    )
    if row is None:
        raise RefusalError(f"quest {quest} has no turn {turn}; see acolytes-quest status --quest {quest}")
    if not row.reviewed:
        raise RefusalError(f"turn {turn} has no review: only a turn that was assigned with --review has one")
    return row


def check_reviewable(tx: Transaction, quest: int, turn: int) -> None:
    """Refuse a turn that already has a verdict, or that ended without an answer."""
    row = find(tx, quest, turn)
    if row.verdict not in {None, "pending"} or row.state in {"dead", "cancelled"}:
        raise RefusalError(f"turn {turn} is {row.verdict or row.state} already, so it cannot be reviewed")


def is_pending(tx: Transaction, turn: int | None) -> bool:
    """Whether a turn waits for a verdict."""
    return tx.exists("SELECT 1 FROM review WHERE turn = ? AND verdict = 'pending'", turn)


def reviewer(tx: Transaction, turn: int) -> str | None:
    """Return the worker with a live review turn for a turn; None for the leader."""
    sql = f"SELECT MIN(assignee) FROM turn WHERE about = ? AND kind = 'review' AND state IN {LIVE}"
    return tx.value(str, sql, turn)


def assigned_to(tx: Transaction, turn: int) -> int:
    """Return the number of the message that first assigned the review of a work to a worker."""
    sql = (
        "WITH RECURSIVE chain (id, about) AS (SELECT id, about FROM turn WHERE id = ?"
        " UNION ALL SELECT t.id, t.about FROM chain c JOIN turn t ON t.id = c.about)"
        " SELECT MIN(m.seq) FROM chain c JOIN turn r ON r.about = c.id AND r.kind = 'review'"
        " JOIN message m ON m.turn = r.id AND m.kind = 'assignment'"
    )
    return tx.column(int, sql, turn)[0]


def decide(tx: Transaction, turn: Turn, verdict: str, *, by: str, session: str | None) -> None:
    """Give the verdict on a turn whose review is pending, and cancel the other turns that should review it.

    The turns that depend on it are not changed: call `dependencies.resolve` or `dependencies.move` next.
    """
    tx.run("UPDATE review SET verdict = ? WHERE turn = ?", verdict, turn.id)
    log(tx, verdict, turn.quest, turn=turn.id, actor=by, session=session)
    sql = f"SELECT * FROM turn WHERE about = ? AND kind = 'review' AND state IN {LIVE} ORDER BY id"
    while other := tx.row(Turn, sql, turn.id):
        states.end(tx, other, "cancelled")
        dependencies.resolve(tx, other, completed=False)
    _set_status(tx, turn.quest)


def drop_all(tx: Transaction, quest: Quest) -> int:
    """End the pending reviews, because the quest ends; return how many there were."""
    rows = pending(tx, quest.id)
    for row in rows:
        tx.run("UPDATE review SET verdict = 'dropped' WHERE turn = ?", row.turn)
        log(tx, "dropped", quest.id, turn=row.turn, actor=quest.leader)
    return len(rows)


def pending(tx: Transaction, quest: int) -> list[PendingReview]:
    """Return the turns that wait for a verdict."""
    return tx.rows(
        PendingReview,
        "SELECT r.turn, (SELECT MIN(t.assignee) FROM turn t WHERE t.about = r.turn AND t.kind = 'review'"
        f" AND t.state IN {LIVE}) AS reviewer"
        " FROM turn w JOIN review r ON r.turn = w.id WHERE w.quest = ? AND w.reviewed = 1 AND r.verdict = 'pending'"
        " ORDER BY r.turn",
        quest,
    )


def send_backs(tx: Transaction, turn: int) -> int:
    """Return how often the work of a turn was sent back before this turn was assigned."""
    sql = (
        "WITH RECURSIVE chain (id, about) AS (SELECT id, about FROM turn WHERE id = ? AND kind = 'work'"
        " UNION ALL SELECT t.id, t.about FROM chain c JOIN turn t ON t.id = c.about)"
        " SELECT COUNT(*) FROM chain c JOIN review r ON r.turn = c.about WHERE r.verdict = 'changed'"
    )
    return tx.column(int, sql, turn)[0]


def often_sent_back(tx: Transaction, rows: list[PendingReview]) -> list[int]:
    """Return the turns whose work was sent back so often that a person should decide."""
    return [row.turn for row in rows if send_backs(tx, row.turn) >= MANY_SEND_BACKS]


def _set_status(tx: Transaction, quest: int) -> None:
    tx.run("UPDATE quest SET status = ? WHERE id = ?", "reviewing" if pending(tx, quest) else "open", quest)

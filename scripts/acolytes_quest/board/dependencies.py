"""Dependencies: a turn is blocked until every turn that it depends on is completed.

Completed means: answered `Completed:` and, where a review was asked for, accepted. A review turn needs the answer only.
If the work of a turn is done again, because it was sent back or was a question, the turns that it blocks wait for that.
"""

from __future__ import annotations

from ..errors import RefusalError
from . import messages, states
from .rows import Turn

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Query, Transaction


def add(tx: Transaction, turn: Turn, after: list[int]) -> None:
    """Make a new turn depend on earlier ones; queue it when all of them are completed."""
    for earlier in dict.fromkeys(after):
        if earlier == turn.id:
            raise RefusalError(f"--after {earlier}: that is the number of this turn itself; name an earlier one")
        _check(tx, turn.quest, earlier)
        tx.run("INSERT INTO turn_dependency (turn, after) VALUES (?, ?)", turn.id, earlier)
    if not _is_blocked(tx, turn.id):
        states.queue(tx, turn, "queued")


def resolve(tx: Transaction, turn: Turn, *, completed: bool) -> None:
    """Queue the turns that were blocked by this one only. If it was not completed, cancel them and tell the leader."""
    if not completed:
        _cancel_blocked(tx, turn)
        return
    for other in blocked_by(tx, turn.id):
        if not _is_blocked(tx, other.id):
            states.queue(tx, other, "queued")


def _cancel_blocked(tx: Transaction, turn: Turn) -> None:
    # One at a time: cancelling the first may cancel the second, which depends on both.
    while blocked := blocked_by(tx, turn.id):
        other = blocked[0]
        states.end(tx, other, "cancelled")
        text = f"turn {other.id} for {other.assignee} is cancelled: turn {turn.id} was not completed"
        messages.notify_leader(tx, turn.quest, text, turn=other.id)
        _cancel_blocked(tx, other)


def all_blocked_by(tx: Transaction, turn: int) -> set[int]:
    """Return the turns that are blocked by this one, and those that are blocked by them."""
    found: set[int] = set()
    waiting = [turn]
    while waiting:
        new = {row.id for row in blocked_by(tx, waiting.pop())} - found
        found |= new
        waiting += new
    return found


def blocking(turn: int) -> Query:
    """Return the query of `blocked_by`."""
    sql = (
        "SELECT t.* FROM turn_dependency d JOIN turn t ON t.id = d.turn WHERE d.after = ? AND t.state = 'blocked'"
        " ORDER BY t.id"
    )
    return sql, (turn,)


def blocked_by(tx: Transaction, turn: int) -> list[Turn]:
    """Return the turns that are blocked until this one is completed."""
    sql, values = blocking(turn)
    return tx.rows(Turn, sql, *values)


def move(tx: Transaction, turn: int, new: list[int]) -> list[int]:
    """Make the turns that a turn blocks depend on `new` instead, which do its work again; return them."""
    moved = [other.id for other in blocked_by(tx, turn)]
    first, *others = new
    for other in moved:
        tx.run("UPDATE turn_dependency SET after = ? WHERE turn = ? AND after = ?", first, other, turn)
        for one in others:
            tx.run("INSERT INTO turn_dependency (turn, after) VALUES (?, ?)", other, one)
    return moved


def _is_blocked(tx: Transaction, turn: int) -> bool:
    sql = (
        "SELECT 1 FROM turn_dependency d JOIN turn t ON t.id = d.turn JOIN turn a ON a.id = d.after"
        " LEFT JOIN review r ON r.turn = a.id WHERE d.turn = ?"
        " AND (a.state <> 'done' OR (r.verdict <> 'accepted' AND (t.kind = 'work' OR t.about <> a.id))"
        f" OR EXISTS (SELECT 1 FROM message m WHERE m.turn = a.id AND m.kind IN {messages.QUESTIONS})) LIMIT 1"
    )
    return tx.exists(sql, turn)


def _check(tx: Transaction, quest: int, turn: int) -> None:
    """Refuse a turn that will never be completed, or that is not in the quest."""
    rows = tx.tuples(
        "SELECT t.state, r.verdict, d.outcome,"
        " (SELECT MIN(n.id) FROM turn n WHERE n.about = t.id AND n.kind = 'work') FROM turn t"
        " LEFT JOIN review r ON r.turn = t.id LEFT JOIN decision d ON d.turn = t.id WHERE t.id = ? AND t.quest = ?",
        *(turn, quest),
    )
    if not rows:
        raise RefusalError(f"--after {turn}: quest {quest} has no such turn; see acolytes-quest status --quest {quest}")
    state, verdict, outcome, repetition = rows[0]
    if state in {"dead", "cancelled"}:
        raise RefusalError(f"--after {turn}: that turn is {state} and will never be completed; assign its work again")
    if verdict == "changed":
        raise RefusalError(f"--after {turn}: that turn was sent back, and turn {repetition} does its work: name that")
    if outcome == "abandoned":
        raise RefusalError(f"--after {turn}: that turn was dropped and will never be completed; assign its work again")
    if outcome == "replied":
        name = f"turn {repetition} does its work: name that" if repetition else "leave --after out"
        raise RefusalError(f"--after {turn}: that turn was a question, and has its reply; {name}")
    answer = messages.answer_to(tx, turn)
    if answer is None or verdict is not None:  # a verdict counts more than the first word of the answer
        return
    if (kind := messages.shown_kind(answer.kind, answer.text)) == "completed, unmarked":
        raise RefusalError(
            f"--after {turn}: the answer to that turn is {kind}; read message {answer.seq}, then assign its work again"
            " or leave --after out"
        )

"""What comes after what: a turn is blocked until every turn that it depends on has been brought about.

That is: answered Completed and, where a review was asked for, accepted. A review turn waits for the answer alone.
"""

from __future__ import annotations

from ..errors import RefusalError
from . import messages, states

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

    from ..stores.engine import Transaction


def add(tx: Transaction, turn: dict[str, Any], after: list[int]) -> None:
    """Let a new turn depend on earlier ones, and queue it when nothing holds it back."""
    for earlier in after:
        _check(tx, turn["quest"], earlier)
        tx.run("INSERT INTO turn_dependency (turn, after) VALUES (?, ?)", turn["id"], earlier)
    if not _is_held_back(tx, turn["id"]):
        states.queue(tx, turn, "queued")


def settle(tx: Transaction, turn: dict[str, Any], *, completed: bool) -> None:
    """Queue the turns that only waited for this one. What it did not bring about is cancelled, and the leader told."""
    if not completed:
        _cancel_waiting(tx, turn)
        return
    for other in waiting_for(tx, turn["id"]):
        if not _is_held_back(tx, other["id"]):
            states.queue(tx, other, "queued")


def _cancel_waiting(tx: Transaction, turn: dict[str, Any]) -> None:
    # One after the other, for cancelling the first may cancel the second, which waits for both.
    while waiting := waiting_for(tx, turn["id"]):
        other = waiting[0]
        states.end(tx, other, "cancelled")
        told = f"turn {other['id']} for {other['assignee']} is cancelled: turn {turn['id']} was not completed"
        messages.tell_leader(tx, turn["quest"], told, turn=other["id"])
        _cancel_waiting(tx, other)


def waiting_for(tx: Transaction, turn: int) -> list[dict[str, Any]]:
    """Return the turns that are held back until this one is completed."""
    return tx.all(
        "SELECT t.* FROM turn_dependency d JOIN turn t ON t.id = d.turn WHERE d.after = ? AND t.state = 'blocked'"
        " ORDER BY t.id",
        turn,
    )


def move(tx: Transaction, turn: int, new: int) -> None:
    """Let whatever waits for a turn wait for the new one that does its work again."""
    tx.run(
        "UPDATE turn_dependency SET after = ? WHERE after = ?"
        " AND turn IN (SELECT id FROM turn WHERE state = 'blocked')",
        *(new, turn),
    )


def _is_held_back(tx: Transaction, turn: int) -> bool:
    sql = (
        "SELECT 1 AS held FROM turn_dependency d JOIN turn t ON t.id = d.turn JOIN turn a ON a.id = d.after"
        " LEFT JOIN review r ON r.turn = a.id WHERE d.turn = ?"
        " AND (a.state <> 'done' OR (r.verdict <> 'accepted' AND (t.kind = 'work' OR t.about <> a.id))) LIMIT 1"
    )
    return bool(tx.all(sql, turn))


def _check(tx: Transaction, quest: int, turn: int) -> None:
    """Refuse what will never be completed, or is no turn of the quest."""
    row = tx.one(
        "SELECT t.state, r.verdict, (SELECT MIN(n.id) FROM turn n WHERE n.about = t.id AND n.kind = 'work') AS anew"
        " FROM turn t LEFT JOIN review r ON r.turn = t.id WHERE t.id = ? AND t.quest = ?",
        *(turn, quest),
    )
    if row is None:
        raise RefusalError(f"--after {turn}: quest {quest} has no such turn; see acolytes-quest status --quest {quest}")
    if row["state"] in {"dead", "cancelled"}:
        raise RefusalError(f"--after {turn}: that turn is {row['state']} and will never be completed; assign it anew")
    if row["verdict"] == "changed":
        raise RefusalError(f"--after {turn}: that turn was sent back: its work is turn {row['anew']} now, name that")
    answer = messages.answer_to(tx, turn)
    if answer is None or row["verdict"] is not None:  # a verdict counts more than how the answer begins
        return
    if (kind := messages.shown_kind(answer)) != "completed":
        raise RefusalError(
            f"--after {turn}: that turn is answered: {kind}; read message {answer['seq']}, then assign it anew"
            " or leave --after out"
        )

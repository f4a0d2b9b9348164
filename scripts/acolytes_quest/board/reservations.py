"""Reservations: a leased turn reserves a path, with all that lies below it, until its lease ends.

Paths are relative to the root of the project. They hold for the whole board, because its quests work in one tree. A
shared reservation excludes only exclusive ones.
"""

from __future__ import annotations

from ..errors import RefusalError
from .quests import log
from .rows import HeldReservation, Reservation

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..stores.engine import Transaction
    from .rows import Turn


def overlap(one: str, other: str) -> bool:
    """Whether two paths are the same, or one lies below the other.

    >>> overlap("src", "src/a.py"), overlap("src", "srcs")
    (True, False)
    """
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")


def reserve(tx: Transaction, turn: Turn, paths: list[str], *, shared: bool) -> None:
    """Reserve all the paths for a leased turn, or refuse and name the turn that has a conflicting reservation."""
    others = of_other_turns(tx, turn.id)
    for path in paths:
        conflict = find_conflict(others, path, shared=shared)
        if conflict is not None:
            how = "shares" if conflict.shared else "has reserved"
            raise RefusalError(
                f"{path!a} is taken: {conflict.assignee} (quest {conflict.quest}, turn {conflict.turn}) {how}"
                f" {conflict.path!a}; work on something else, or try again when that turn has ended"
            )
        tx.run(
            "INSERT INTO reservation (turn, path, shared) VALUES (?, ?, ?)"
            " ON CONFLICT (turn, tree, path) DO UPDATE SET shared = excluded.shared",
            *(turn.id, path, int(shared)),
        )
        _log(tx, "shared" if shared else "reserved", turn, path)


def release(tx: Transaction, turn: Turn, paths: Iterable[str]) -> None:
    """Remove reservations of a turn that goes on. Paths that it has not reserved are ignored."""
    for path in paths:
        if tx.exists("DELETE FROM reservation WHERE turn = ? AND path = ? RETURNING path", turn.id, path):
            _log(tx, "unreserved", turn, path)


def remove_all(tx: Transaction, turn: int) -> None:
    """Remove all reservations of a turn that is no longer leased. The event of that implies it."""
    tx.run("DELETE FROM reservation WHERE turn = ?", turn)


def of_turn(tx: Transaction, turn: int) -> list[Reservation]:
    """Return the reservations of a turn, sorted by path."""
    return tx.rows(Reservation, "SELECT * FROM reservation WHERE turn = ? ORDER BY path", turn)


def of_other_turns(tx: Transaction, turn: int | None) -> list[HeldReservation]:
    """Return every reservation on the board except those of `turn`."""
    return tx.rows(
        HeldReservation,
        "SELECT r.*, t.quest, t.assignee, t.lease_boot, t.lease_until FROM reservation r JOIN turn t ON t.id = r.turn"
        " WHERE r.turn <> ? ORDER BY r.turn, r.path",
        turn or 0,
    )


def find_conflict(others: list[HeldReservation], path: str, *, shared: bool) -> HeldReservation | None:
    """Return the first of the reservations that forbids to use `path`, shared or exclusively; None if none does."""
    for row in others:
        if overlap(row.path, path) and not (shared and row.shared):
            return row
    return None


def _log(tx: Transaction, kind: str, turn: Turn, path: str) -> None:
    log(
        tx,
        kind,
        turn.quest,
        turn=turn.id,
        actor=turn.assignee,
        session=turn.holder,
        fence=turn.fence,
        detail=path,
    )

"""Reservations: a held turn keeps others off a path, and off all below it; they end with the hold.

Paths are names from the project's root, and count for the whole board: its quests work in one tree. A shared
reservation keeps off the exclusive ones only.
"""

from __future__ import annotations

from ..errors import RefusalError
from .quests import log

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..stores.engine import Transaction


def overlap(one: str, other: str) -> bool:
    """Whether two paths are the same or one lies below the other."""
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")


def take(tx: Transaction, turn: dict[str, Any], paths: list[str], *, shared: bool) -> None:
    """Reserve all the paths for a leased turn, or refuse and name who is in the way."""
    others = of_others(tx, turn["id"])
    for path in paths:
        found = in_the_way(others, path, shared=shared)
        if found is not None:
            how = "shares" if found["shared"] else "has reserved"
            raise RefusalError(
                f"{path!a} is taken: {found['assignee']} (quest {found['quest']}, turn {found['turn']}) {how}"
                f" {found['path']!a}; work on something else, or try again when that turn has ended"
            )
        tx.run(
            "INSERT INTO reservation (turn, path, shared) VALUES (?, ?, ?)"
            " ON CONFLICT (turn, path) DO UPDATE SET shared = excluded.shared",
            *(turn["id"], path, int(shared)),
        )
        _log(tx, "shared" if shared else "reserved", turn, path)


def give_up(tx: Transaction, turn: dict[str, Any], paths: Iterable[str]) -> None:
    """End reservations of a turn that goes on; those that it does not have do not matter."""
    for path in paths:
        if tx.all("DELETE FROM reservation WHERE turn = ? AND path = ? RETURNING path", turn["id"], path):
            _log(tx, "unreserved", turn, path)


def free(tx: Transaction, turn: int) -> None:
    """End all reservations of a turn that is held no longer. The event of that says it."""
    tx.run("DELETE FROM reservation WHERE turn = ?", turn)


def of_turn(tx: Transaction, turn: int) -> list[dict[str, Any]]:
    """Return a turn's reservations by path."""
    return tx.all("SELECT * FROM reservation WHERE turn = ? ORDER BY path", turn)


def of_others(tx: Transaction, turn: int | None) -> list[dict[str, Any]]:
    """Return every reservation on the board but those of `turn`, each with its turn's quest, assignee and lease."""
    return tx.all(
        "SELECT r.*, t.quest, t.assignee, t.lease_boot, t.lease_until FROM reservation r JOIN turn t ON t.id = r.turn"
        " WHERE r.turn <> ? ORDER BY r.turn, r.path",
        turn or 0,
    )


def in_the_way(others: list[dict[str, Any]], path: str, *, shared: bool) -> dict[str, Any] | None:
    """Return the first of the reservations of others that does not allow `path` to be used, shared or exclusively."""
    for row in others:
        if overlap(row["path"], path) and not (shared and row["shared"]):
            return row
    return None


def _log(tx: Transaction, kind: str, turn: dict[str, Any], path: str) -> None:
    log(
        tx,
        kind,
        turn["quest"],
        turn=turn["id"],
        actor=turn["assignee"],
        session=turn["holder"],
        fence=turn["fence"],
        detail=path,
    )

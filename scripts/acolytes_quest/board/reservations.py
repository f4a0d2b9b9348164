"""Reservations: a leased turn reserves a path or pattern, with all that lies below it, until its lease ends.

A reservation holds in one working tree: in another one the same path is another file. A shared reservation excludes
only exclusive ones.
"""

from __future__ import annotations

from ..errors import RefusalError
from ..trees import elsewhere
from .quests import log
from .rows import HeldReservation, Reservation

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Union

    from ..stores.engine import Transaction
    from .rows import Turn

    AnyReservation = Union["ReservedPath", Reservation]


class ReservedPath:
    """A path or pattern of a working tree; the flags are those of the table (see `schema`)."""

    __slots__ = ("any_case", "any_form", "folder", "path", "tree")

    def __init__(
        self, tree: str, path: str, *, folder: bool = True, any_case: bool = False, any_form: bool = False
    ) -> None:
        self.tree = tree
        self.path = path
        self.folder = folder
        self.any_case = any_case
        self.any_form = any_form


def overlap(one: AnyReservation, other: AnyReservation) -> bool:
    """Whether two reservations can meet in a path."""
    from . import patterns  # a hook mostly finds no reservation to compare

    return one.tree == other.tree and patterns.overlap(
        one.path,
        other.path,
        folders=(bool(one.folder), bool(other.folder)),
        any_case=bool(one.any_case or other.any_case),
        any_form=bool(one.any_form or other.any_form),
    )


def covers(row: Reservation, path: ReservedPath) -> bool:
    """Whether a file is reserved by `row`, which is of the same working tree."""
    from . import patterns

    return patterns.covers(
        row.path,
        path.path,
        any_case=bool(row.any_case or path.any_case),
        any_form=bool(row.any_form or path.any_form),
    )


def reserve(tx: Transaction, turn: Turn, paths: list[ReservedPath], *, shared: bool, own_tree: str) -> None:
    """Reserve all the paths for a leased turn, or refuse and name the turn that has a conflicting reservation."""
    others = of_other_turns(tx, turn.id)
    for path in paths:
        for row in others:
            if overlap(row, path) and not (shared and row.shared):
                how = "shares" if row.shared else "has reserved"
                raise RefusalError(
                    f"{path.path!a} is taken: {row.assignee} (quest {row.quest}, turn {row.turn}) {how}"
                    f" {row.path!a}{elsewhere(row.tree, own_tree)}; work on something else, or try again when that"
                    " turn has ended"
                )
        tx.run(
            "INSERT INTO reservation (turn, tree, path, shared, folder, any_case, any_form)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (turn, tree, path) DO UPDATE SET shared = excluded.shared,"
            " folder = excluded.folder, any_case = excluded.any_case, any_form = excluded.any_form",
            *(turn.id, path.tree, path.path, int(shared), int(path.folder), int(path.any_case), int(path.any_form)),
        )
        _log(tx, "shared" if shared else "reserved", turn, path)


def release(tx: Transaction, turn: Turn, paths: Iterable[AnyReservation]) -> None:
    """Remove reservations of a turn that goes on. Paths that it has not reserved are ignored."""
    for path in paths:
        for row in of_turn(tx, turn.id):
            if row.tree == path.tree and (row.path == path.path or _is_same_name(row, path)):
                tx.run("DELETE FROM reservation WHERE turn = ? AND tree = ? AND path = ?", turn.id, row.tree, row.path)
                _log(tx, "unreserved", turn, row)


def _is_same_name(one: AnyReservation, other: AnyReservation) -> bool:
    """Whether the file system takes two names of paths for one."""
    from . import patterns

    names = {"any_case": bool(one.any_case), "any_form": bool(one.any_form)}
    is_plain = not patterns.has_wildcards(one.path) and not patterns.has_wildcards(other.path)
    same_depth = one.path.count("/") == other.path.count("/")
    return is_plain and same_depth and patterns.covers(one.path, other.path, **names)


def remove_all(tx: Transaction, turn: int) -> None:
    """Remove all reservations of a turn that is no longer leased. The event of that implies it."""
    tx.run("DELETE FROM reservation WHERE turn = ?", turn)


def of_turn(tx: Transaction, turn: int) -> list[Reservation]:
    """Return the reservations of a turn, sorted by path."""
    return tx.rows(Reservation, "SELECT * FROM reservation WHERE turn = ? ORDER BY tree, path", turn)


def of_other_turns(tx: Transaction, turn: int | None) -> list[HeldReservation]:
    """Return every reservation on the board except those of `turn`."""
    return tx.rows(
        HeldReservation,
        "SELECT r.*, t.quest, t.assignee, t.lease_boot, t.lease_until FROM reservation r JOIN turn t ON t.id = r.turn"
        " WHERE r.turn <> ? ORDER BY r.turn, r.tree, r.path",
        turn or 0,
    )


def described(tree: str, path: str) -> str:
    """Return a reservation as the events name it: in the main tree by its path alone."""
    return path if tree == "." else f"{path} in {tree}"


def _log(tx: Transaction, kind: str, turn: Turn, path: AnyReservation) -> None:
    log(
        tx,
        kind,
        turn.quest,
        turn=turn.id,
        actor=turn.assignee,
        session=turn.holder,
        fence=turn.fence,
        detail=described(path.tree, path.path),
    )

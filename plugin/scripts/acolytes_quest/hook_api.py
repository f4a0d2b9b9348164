"""What hooks ask of the board: fast, and quiet. No board, or one that cannot be read within a second, is no news.

Nothing of the database is imported before a board's file is known to exist.
"""

from __future__ import annotations

import os

from .errors import QuestError
from .location import find_board

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every tool call
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    from .engine import Board

    T = TypeVar("T")

BUSY_SECONDS = 1.0
RENEW_AFTER_SECONDS = 60.0


def waiting_turn(cwd: str, environ: Mapping[str, str], agent: str) -> tuple[int, int] | None:
    """Return (quest, turn) of the oldest turn that waits for `agent` and that nobody has taken; else None."""
    return _ask(cwd, environ, lambda board: _waiting_turn(board, agent))


def held_turn(cwd: str, environ: Mapping[str, str], session: str) -> dict[str, int] | None:
    """Return {quest, turn, kept} of the turn that `session` holds, `kept` counting what `keep` did; else None."""
    return _ask(cwd, environ, lambda board: _held_turn(board, session))


def renew(cwd: str, environ: Mapping[str, str], session: str) -> bool:
    """Renew the lease that `session` holds if that was last done over 60 s ago; return whether it was renewed."""
    return _ask(cwd, environ, lambda board: _renew(board, session)) or False


def keep(cwd: str, environ: Mapping[str, str], session: str, limit: int = 5) -> dict[str, int] | None:
    """Count that `session` is kept from stopping with a turn in hand, and return that turn as `held_turn` does.

    After `limit` times the turn goes back to the queue, so that another may take it, and the answer is None.
    """
    return _ask(cwd, environ, lambda board: _keep(board, session, limit))


def _ask(cwd: str, environ: Mapping[str, str], question: Callable[[Board], T | None]) -> T | None:
    try:
        path = find_board(cwd, environ)
        if not os.path.exists(path):
            return None
        from .settings import open_board

        board = open_board(path, environ, busy=BUSY_SECONDS)
        try:
            return question(board)
        finally:
            board.close()
    except QuestError:
        return None


def _waiting_turn(board: Board, agent: str) -> tuple[int, int] | None:
    from .clock import is_over

    with board.read() as tx:
        rows = tx.all(
            "SELECT t.* FROM turn t JOIN quest q ON q.id = t.quest WHERE t.assignee = ? AND q.status = 'open'"
            " AND t.state IN ('queued', 'leased') ORDER BY t.id",
            agent,
        )
        for row in rows:
            if row["state"] == "queued" or is_over(row["lease_boot"], row["lease_until"], tx.now):
                return row["quest"], row["id"]
    return None


def _held_turn(board: Board, session: str) -> dict[str, int] | None:
    from . import turns

    with board.read() as tx:
        return _described(turns.held_by(tx, session))


def _renew(board: Board, session: str) -> bool:
    from . import turns

    with board.read() as tx:
        due = _is_due(turns.held_by(tx, session), tx.now)
    if not due:
        return False
    with board.write() as tx:
        turn = turns.held_by(tx, session)
        if turn is not None:
            turns.renew(tx, turn)
        return turn is not None


def _is_due(turn: dict[str, Any] | None, now: tuple[str, float]) -> bool:
    return turn is not None and (turn["lease_boot"] != now[0] or now[1] - turn["lease_renewed"] > RENEW_AFTER_SECONDS)


def _keep(board: Board, session: str, limit: int) -> dict[str, int] | None:
    from . import turns
    from .quests import log

    if _held_turn(board, session) is None:
        return None
    with board.write() as tx:
        turn = turns.held_by(tx, session)
        if turn is None:
            return None
        if turn["kept"] >= limit:
            turns.give_back(tx, turn, "released")
            return None
        tx.run("UPDATE turn SET kept = kept + 1 WHERE id = ?", turn["id"])
        log(tx, "kept", turn["quest"], turn=turn["id"], session=session, fence=turn["fence"])
        return _described(turns.get(tx, turn["id"]))


def _described(turn: dict[str, Any] | None) -> dict[str, int] | None:
    return turn and {"quest": turn["quest"], "turn": turn["id"], "kept": turn["kept"]}

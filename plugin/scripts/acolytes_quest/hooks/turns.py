"""What hooks do with turns: see one that waits, renew and keep one that is held, note its files, give it back."""

from __future__ import annotations

from ..board import turns
from ..board.quests import log
from ..stores.clock import is_over
from ..stores.sql import OPEN
from .rules import names_in_project, open_quests

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every tool call
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..stores.engine import Board

RENEW_AFTER_SECONDS = 60.0
MARGIN_SECONDS = 60.0  # what a lease lasts beyond the call that it is renewed for


def waiting(board: Board, agent: str) -> tuple[int, int] | None:
    """Return (quest, turn) of the oldest turn that waits for `agent` and that nobody has taken; else None."""
    with board.read() as tx:
        rows = tx.all(
            f"SELECT t.* FROM turn t JOIN quest q ON q.id = t.quest WHERE t.assignee = ? AND q.status IN {OPEN}"
            " AND t.state IN ('queued', 'leased') ORDER BY t.id",
            agent,
        )
        for row in rows:
            if row["state"] == "queued" or is_over(row["lease_boot"], row["lease_until"], tx.now):
                return row["quest"], row["id"]
    return None


def is_idle(board: Board, session: str) -> bool:
    """Whether `session` has entered a quest that goes on, and holds no turn."""
    with board.read() as tx:
        return bool(open_quests(tx, session)) and turns.held_by(tx, session) is None


def renew(board: Board, session: str, for_seconds: float) -> bool:
    """Renew the lease that `session` holds if it is old, or too short for `for_seconds`; return whether it was."""
    need = for_seconds + MARGIN_SECONDS if for_seconds else 0.0
    with board.read() as tx:
        due = _is_due(turns.held_by(tx, session), tx.now, need)
    if not due:
        return False
    with board.write() as tx:
        turn = turns.held_by(tx, session)
        if turn is not None:
            turns.renew(tx, turn, need)
        return turn is not None


def record_file(board: Board, cwd: str, environ: Mapping[str, str], session: str, path: str) -> bool:
    """Note a file of the project for the turn that `session` holds; return whether this is new."""
    names = names_in_project(cwd, environ, path)
    if not names or not _holds_one(board, session):
        return False
    with board.write() as tx:
        turn = turns.held_by(tx, session)
        return turn is not None and turns.touch(tx, turn, names[0])


def keep(board: Board, session: str, limit: int) -> dict[str, int] | None:
    """Count that `session` is kept with the turn that it holds; after `limit` times give it back, `kept` being -1."""
    if not _holds_one(board, session):
        return None
    with board.write() as tx:
        turn = turns.held_by(tx, session)
        if turn is None:
            return None
        if turn["kept"] >= limit:
            turns.give_back(tx, turn, "released")
            return {**_described(turn), "kept": -1}
        tx.run("UPDATE turn SET kept = kept + 1 WHERE id = ?", turn["id"])
        log(tx, "kept", turn["quest"], turn=turn["id"], session=session, fence=turn["fence"])
        return _described(turns.get(tx, turn["id"]))


def give_back(board: Board, client: str) -> int:
    """Give back the turns that sessions of this client hold; return how many."""
    sql = "SELECT t.* FROM turn t JOIN session s ON s.id = t.holder WHERE s.client = ? AND t.state = 'leased'"
    with board.read() as tx:
        if not tx.all(sql, client):
            return 0
    with board.write() as tx:
        found = tx.all(sql, client)
        for turn in found:
            turns.give_back(tx, turn, "released")
    return len(found)


def _holds_one(board: Board, session: str) -> bool:
    # Most sessions hold none: these are told so without the lock of a writer.
    with board.read() as tx:
        return turns.held_by(tx, session) is not None


def _is_due(turn: dict[str, Any] | None, now: tuple[str, float], need: float) -> bool:
    if turn is None:
        return False
    boot, seconds = now
    old = turn["lease_boot"] != boot or seconds - turn["lease_renewed"] > RENEW_AFTER_SECONDS
    return bool(old or turn["lease_until"] < seconds + need)


def _described(turn: dict[str, Any]) -> dict[str, int]:
    return {"quest": turn["quest"], "turn": turn["id"], "kept": turn["kept"]}

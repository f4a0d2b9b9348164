"""What hooks do with turns: find one that waits, renew and keep one that is held, record its files, release it."""

from __future__ import annotations

from ..board import quests, turns
from ..board.quests import log
from ..board.rows import Turn
from ..stores.sql import OPEN
from .rules import names_in_project, open_quests

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every tool call
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..board.wanted import Wanted
    from ..stores.engine import Board

RENEW_AFTER_SECONDS = 60.0
MARGIN_SECONDS = 60.0  # how much longer a lease lasts than the tool call that it is renewed for


class WaitingTurn:
    """A turn that waits to be taken: its number, and its quest."""

    __slots__ = ("quest", "turn")

    def __init__(self, quest: int, turn: int) -> None:
        self.quest = quest
        self.turn = turn


class KeptTurn:
    """The turn of an agent that wants to stop. `times` is how often the agent was kept, `released` ends that."""

    __slots__ = ("quest", "released", "times", "turn")

    def __init__(self, turn: Turn, *, released: bool) -> None:
        self.quest = turn.quest
        self.turn = turn.id
        self.times = turn.kept
        self.released = released


def waiting(board: Board, wanted: Wanted, client: str | None) -> WaitingTurn | None:
    """Return the oldest turn that is wanted and queued, or whose lease has ended; None if there is none.

    Turns of a quest that this session of the client leads, or an agent of it, come first.
    """
    condition, values = wanted.condition()
    with board.read() as tx:
        rows = tx.rows(
            Turn,
            f"SELECT t.* FROM turn t JOIN quest q ON q.id = t.quest WHERE {condition} AND q.status IN {OPEN}"
            " AND t.state IN ('queued', 'leased') ORDER BY CASE WHEN q.leader_session = ? OR EXISTS (SELECT 1"
            " FROM session s WHERE s.id = q.leader_session AND s.client = ?) THEN 0 ELSE 1 END, t.id",
            *(*values, client or "", client or ""),
        )
        for row in rows:
            if row.state == "queued" or row.lease_left(tx.now) <= 0:
                return WaitingTurn(row.quest, row.id)
    return None


def is_idle(board: Board, session: str) -> bool:
    """Whether `session` has entered an open quest, and holds no turn."""
    with board.read() as tx:
        return bool(open_quests(tx, session)) and turns.held_by(tx, session) is None


def leads(board: Board, session: str) -> bool:
    """Whether `session` leads an open quest in which something can happen without it."""
    with board.read() as tx:
        return bool(quests.led_by(tx, session))


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
    """Record a file of the project for the turn that `session` holds; return whether it is new."""
    names = names_in_project(cwd, environ, path)
    if not names or not _holds_one(board, session):
        return False
    with board.write() as tx:
        turn = turns.held_by(tx, session)
        return turn is not None and turns.record_file(tx, turn, names[0])


def keep(board: Board, session: str, limit: int) -> KeptTurn | None:
    """Count that `session` is kept with the turn that it holds. After `limit` times release the turn."""
    if not _holds_one(board, session):
        return None
    with board.write() as tx:
        turn = turns.held_by(tx, session)
        if turn is None:
            return None
        if turn.kept >= limit:
            turns.release(tx, turn, "released")
            return KeptTurn(turn, released=True)
        tx.run("UPDATE turn SET kept = kept + 1 WHERE id = ?", turn.id)
        log(tx, "kept", turn.quest, turn=turn.id, session=session, fence=turn.fence)
        return KeptTurn(turns.get(tx, turn.id), released=False)


def release_all(board: Board, client: str) -> int:
    """Release the turns that sessions of this client hold; return how many."""
    sql = "SELECT t.* FROM turn t JOIN session s ON s.id = t.holder WHERE s.client = ? AND t.state = 'leased'"
    with board.read() as tx:
        if not tx.exists(sql, client):
            return 0
    with board.write() as tx:
        held = tx.rows(Turn, sql, client)
        for turn in held:
            turns.release(tx, turn, "released")
    return len(held)


def _holds_one(board: Board, session: str) -> bool:
    # Most sessions hold no turn. Reading finds that out without the lock of a writer.
    with board.read() as tx:
        return turns.held_by(tx, session) is not None


def _is_due(turn: Turn | None, now: tuple[str, float], need: float) -> bool:
    if turn is None:
        return False
    boot, seconds = now
    is_old = turn.lease_boot != boot or seconds - (turn.lease_renewed or 0.0) > RENEW_AFTER_SECONDS
    return is_old or turn.lease_left(now) < need

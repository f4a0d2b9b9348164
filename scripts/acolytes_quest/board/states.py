"""The states of a turn. Every change of state is made here, and so enters the audit log."""

from __future__ import annotations

from ..checks import ANYONE
from . import reservations
from .quests import log

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction
    from .rows import Turn

_NO_LEASE = "lease_boot = NULL, lease_renewed = NULL, lease_until = NULL"

_ADDRESSEE = f"assignee = CASE WHEN pool = 1 THEN '{ANYONE}' ELSE assignee END"


TAKEN_BACK = "by the leader"  # the detail of the event `released` of a turn that its worker did not give back


def queue(tx: Transaction, turn: Turn, why: str, *, taken_back: bool = False) -> None:
    """Queue a turn. `why` is the kind of the event: queued, expired, released or orphaned.

    A turn that the leader has taken back has one attempt less: its worker did not fail.
    """
    tx.run(
        f"UPDATE turn SET state = 'queued', {_ADDRESSEE}, attempt = attempt - ?, queued_boot = ?, queued_since = ?,"
        f" {_NO_LEASE} WHERE id = ?",
        *(int(taken_back), *tx.now, turn.id),
    )
    reservations.remove_all(tx, turn.id)
    _log(tx, why, turn, TAKEN_BACK if taken_back else None)


def end(tx: Transaction, turn: Turn, state: str) -> None:
    """End a turn; its state is done, dead or cancelled."""
    tx.run(f"UPDATE turn SET state = ?, {_NO_LEASE} WHERE id = ?", state, turn.id)
    reservations.remove_all(tx, turn.id)
    _log(tx, state, turn)


def _log(tx: Transaction, kind: str, turn: Turn, detail: str | None = None) -> None:
    log(tx, kind, turn.quest, turn=turn.id, actor=turn.assignee, session=turn.holder, fence=turn.fence, detail=detail)

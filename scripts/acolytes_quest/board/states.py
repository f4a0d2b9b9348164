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


def queue(tx: Transaction, turn: Turn, why: str) -> None:
    """Queue a turn. `why` is the kind of the event: queued, expired, released or orphaned."""
    tx.run(
        f"UPDATE turn SET state = 'queued', {_ADDRESSEE}, queued_boot = ?, queued_since = ?, {_NO_LEASE} WHERE id = ?",
        *(*tx.now, turn.id),
    )
    reservations.remove_all(tx, turn.id)
    _log(tx, why, turn)


def end(tx: Transaction, turn: Turn, state: str) -> None:
    """End a turn; its state is done, dead or cancelled."""
    tx.run(f"UPDATE turn SET state = ?, {_NO_LEASE} WHERE id = ?", state, turn.id)
    reservations.remove_all(tx, turn.id)
    _log(tx, state, turn)


def _log(tx: Transaction, kind: str, turn: Turn) -> None:
    log(tx, kind, turn.quest, turn=turn.id, actor=turn.assignee, session=turn.holder, fence=turn.fence)

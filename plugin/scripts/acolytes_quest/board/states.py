"""How a turn comes into a state. Every change of one goes through here, and so into the event log."""

from __future__ import annotations

from . import reservations
from .quests import log

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

    from ..stores.engine import Transaction

_NO_LEASE = "lease_boot = NULL, lease_renewed = NULL, lease_until = NULL"


def queue(tx: Transaction, turn: dict[str, Any], why: str) -> None:
    """Let a turn wait for a worker; `why` is the event's kind: queued, expired or released."""
    tx.run(
        f"UPDATE turn SET state = 'queued', queued_boot = ?, queued_since = ?, {_NO_LEASE} WHERE id = ?",
        *(*tx.now, turn["id"]),
    )
    reservations.free(tx, turn["id"])
    _log(tx, why, turn)


def end(tx: Transaction, turn: dict[str, Any], state: str) -> None:
    """Let a turn be over: done, dead or cancelled."""
    tx.run(f"UPDATE turn SET state = ?, {_NO_LEASE} WHERE id = ?", state, turn["id"])
    reservations.free(tx, turn["id"])
    _log(tx, state, turn)


def _log(tx: Transaction, kind: str, turn: dict[str, Any]) -> None:
    log(tx, kind, turn["quest"], turn=turn["id"], actor=turn["assignee"], session=turn["holder"], fence=turn["fence"])

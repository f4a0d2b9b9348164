"""Whether a worker without a turn may still get one. Otherwise only the leader can act, and it need not wait."""

from __future__ import annotations

from ..stores.sql import LIVE
from . import decisions, news, quests, reviews

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction


def may_bring_turns(tx: Transaction, number: int) -> bool:
    """Whether a turn, a verdict or a reply is due in an open quest, or news that its leader has not read.

    A quest in which no turn was assigned yet may bring turns, too.
    """
    if tx.exists(f"SELECT 1 FROM turn WHERE quest = ? AND state IN {LIVE} LIMIT 1", number):
        return True
    if not tx.exists("SELECT 1 FROM turn WHERE quest = ? LIMIT 1", number):
        return True
    if reviews.pending(tx, number) or decisions.needed(tx, number):
        return True
    quest = quests.find(tx, number)
    return bool(news.unread(tx, quest, news.leader_reader(quest)))


def wake_those_without(tx: Transaction, number: int) -> None:
    """Wake the workers of a quest that brings no turns for now: those that wait for nothing else may end."""
    if not may_bring_turns(tx, number):
        tx.to_wake.update(quests.workers(tx, number))

"""What every act of the leader begins with: who may act as the leader, and what it has read by now."""

from __future__ import annotations

from .board import identity, news

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from .board.rows import Quest
    from .call import VerbCall
    from .stores.engine import Transaction


def act_as_leader(tx: Transaction, quest: Quest, call: VerbCall, doing: str) -> None:
    """Refuse a session that does not lead the quest (`doing` is the action, as "ends"). What it printed is now read."""
    identity.check_leader(tx, quest, call.session, call.environ, doing)
    news.acknowledge(tx, quest, news.reader(call.session, call.environ))

"""How the leader ends a quest: everything in it ends too, and every member hears of it."""

from __future__ import annotations

from ..errors import RefusalError
from . import messages, quests, reviews, turns

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction
    from .rows import Quest


def close(tx: Transaction, quest: Quest, result: str, summary: str, *, session: str | None) -> int:
    """End a quest as `result`: completed, failed or cancelled. Return how many turns that cancelled."""
    cancelled = turns.cancel_all(tx, quest.id)
    reviews.drop_all(tx, quest)
    messages.append(tx, quest.id, kind="summary", sender=quest.leader, session=session, text=summary)
    quests.finish(tx, quest, result, summary)
    return cancelled


def check_complete(tx: Transaction, quest: Quest) -> None:
    """Refuse a quest that has turns without an answer, or a review without a verdict."""
    live = [f"{turn.id} ({turn.assignee}, {turn.state})" for turn in quests.live_turns(tx, quest.id)]
    if live:
        listed = ", ".join(live[:10]) + (", ..." if len(live) > 10 else "")
        raise RefusalError(
            f"quest {quest.id} has unanswered turns: {listed}; wait for them, or add --force to cancel them"
        )
    waiting = ", ".join(str(row.turn) for row in reviews.pending(tx, quest.id)[:10])
    if waiting:
        raise RefusalError(
            f"turn {waiting} of quest {quest.id} waits for a review: give the verdict, or add --force to end without it"
        )

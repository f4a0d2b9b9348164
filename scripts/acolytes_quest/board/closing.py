"""How the leader ends a quest: everything in it ends too, and every member hears of it."""

from __future__ import annotations

from ..errors import RefusalError
from . import decisions, messages, news, quests, reviews, turns

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


def check_complete(tx: Transaction, quest: Quest, reader: str) -> None:
    """Refuse a quest with an unanswered turn, a pending review, news that `reader` has not had, or an open question."""
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
    # An answer Completed is what the leader waits for; everything else may change its mind.
    unread = [row for row in news.unread(tx, quests.find(tx, quest.id), reader) if row.kind != "completed"]
    if unread:
        raise RefusalError(
            f"the leader has not read message {unread[0].seq} of quest {quest.id}"
            f"{f' and {len(unread) - 1} more' if len(unread) > 1 else ''}:"
            f" acolytes-quest monitor --role leader --quest {quest.id} prints the news; or add --force to ignore it"
        )
    questions = decisions.needed(tx, quest.id)
    if questions:
        first = questions[0]
        listed = ", ".join(f"{row.turn} ({row.kind})" for row in questions[:10])
        raise RefusalError(
            f"turn {listed} of quest {quest.id} waits for your decision: reply with message --to {first.assignee}"
            f" --answers {first.turn}, drop it with cancel --turn {first.turn}, or add --force to ignore it"
        )

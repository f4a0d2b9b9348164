"""How the leader ends a quest: everything in it ends too, and every member hears of it."""

from __future__ import annotations

from ..errors import RefusalError
from ..framing import numbered
from . import decisions, messages, news, quests, reviews, turns

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..stores.engine import Transaction
    from .rows import Quest


def close(tx: Transaction, quest: Quest, result: str, summary: str, *, session: str | None) -> int:
    """End a quest as `result`: completed, failed or cancelled. Return how many turns that cancelled."""
    cancelled = turns.cancel_all(tx, quest.id)
    reviews.drop_all(tx, quest)
    messages.append(tx, quest.id, kind="summary", sender=quest.leader, session=session, text=summary)
    quests.finish(tx, quest, result, summary)
    return cancelled


def check_complete(tx: Transaction, quest: Quest, result: str, reader: str) -> None:
    """Refuse a quest with an unanswered turn, a pending review, news that `reader` has not had, or an open question.

    As completed, a quest of which no turn was answered is refused, too.

    The first reason is told with what to do about it. Others are named, since --force passes over all of them.
    """
    reasons = [reason for reason in _reasons(tx, quest, reader) if reason]
    if result == "completed":
        reasons += filter(None, [_without_answers(tx, quest)])
    if reasons:
        others = "; ".join(what for what, _ in reasons[1:])
        what, do = reasons[0]
        raise RefusalError(f"{what}{f' (and {others})' if others else ''}{do}")


def _reasons(tx: Transaction, quest: Quest, reader: str) -> Iterator[tuple[str, str] | None]:
    """Return why the quest is not complete, the most urgent first: what is wrong, and what to do about it."""
    yield _unread(tx, quest, reader)
    yield _undecided(tx, quest)  # turns may wait for this decision
    yield _unanswered(tx, quest)
    yield _unreviewed(tx, quest)


def _unanswered(tx: Transaction, quest: Quest) -> tuple[str, str] | None:
    live = [f"{turn.id} ({turn.assignee}, {turn.state})" for turn in quests.live_turns(tx, quest.id)]
    if not live:
        return None
    listed = ", ".join(live[:10]) + (", ..." if len(live) > 10 else "")
    return f"quest {quest.id} has unanswered turns: {listed}", "; wait for them, or add --force to cancel them"


def _without_answers(tx: Transaction, quest: Quest) -> tuple[str, str] | None:
    # Where the leader has assigned no turn, the summary may be all that there is.
    counts = quests.count_turns(tx, quest.id)
    if not counts or not counts.keys() <= {"dead", "cancelled"}:
        return None
    listed = ", ".join(f"{counts[state]} {state}" for state in ("dead", "cancelled") if state in counts)
    return (
        f"no turn of quest {quest.id} was answered ({listed})",
        f": end it by acolytes-quest fail --quest {quest.id}, or add --force",
    )


def _unreviewed(tx: Transaction, quest: Quest) -> tuple[str, str] | None:
    waiting = [row.turn for row in reviews.pending(tx, quest.id)]
    if not waiting:
        return None
    verb = "waits" if len(waiting) == 1 else "wait"
    return (
        f"{numbered('turn', waiting)} of quest {quest.id} {verb} for a review",
        ": give the verdict, or add --force to end without it",
    )


def _unread(tx: Transaction, quest: Quest, reader: str) -> tuple[str, str] | None:
    # An answer Completed is what the leader waits for; everything else may change its mind.
    unread = [row for row in news.unread(tx, quests.find(tx, quest.id), reader) if row.kind != "completed"]
    if not unread:
        return None
    more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
    return (
        f"the leader has not read message {unread[0].seq} of quest {quest.id}{more}",
        f": acolytes-quest monitor --role leader --quest {quest.id} prints the news; or add --force to ignore it",
    )


def _undecided(tx: Transaction, quest: Quest) -> tuple[str, str] | None:
    questions = decisions.needed(tx, quest.id)
    if not questions:
        return None
    first = questions[0]
    verb = "waits" if len(questions) == 1 else "wait"
    listed = numbered("turn", [f"{row.turn} ({row.kind})" for row in questions])
    reply = f"message --to {first.assignee} --answers {first.turn}"
    return (
        f"{listed} of quest {quest.id} {verb} for your decision",
        f": reply with {reply}, drop it with cancel --turn {first.turn}, or add --force to ignore it",
    )

"""The leader's verbs that end: complete, fail and cancel for a quest, cancel also for a single turn."""

from __future__ import annotations

from .. import checks
from ..board import identity, messages, quests, reviews, turns
from ..call import Call, Reply
from ..errors import RefusalError
from ..framing import counted

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

    from ..stores.engine import Transaction


def complete(call: Call) -> Reply:
    """End a quest, by --result completed or failed; what is unanswered stands in the way unless --force is given."""
    return _end(call, call.options.result, force=call.options.force)


def fail(call: Call) -> Reply:
    """End a quest as failed, whatever is unanswered."""
    return _end(call, "failed", force=True)


def cancel(call: Call) -> Reply:
    """End a quest as cancelled, whatever is unanswered; or cancel one turn of it and what waits for that."""
    if call.options.turn is not None:
        return _cancel_turn(call, call.options.turn)
    if call.options.summary is None:
        raise RefusalError("say why the quest is cancelled: --summary TEXT (or which single turn: --turn N)")
    return _end(call, "cancelled", force=True)


def _end(call: Call, result: str, *, force: bool) -> Reply:
    """End a quest, which every member hears. A retry of the same call gives the same reply."""
    summary = checks.text(call.options.summary, "summary")
    with call.board.write() as tx:
        quest = quests.find(tx, call.options.quest)
        repeated = (quest["status"], quest["summary"]) == (result, summary)
        cancelled = 0 if repeated else _finish(tx, quest, call, result, summary, force=force)
    data = {"quest": quest["id"], "status": result, "cancelled": cancelled, "repeated": repeated}
    verb = "is" if cancelled == 1 else "are"
    turns_gone = f"; {counted(cancelled, 'unanswered turn')} {verb} cancelled" if cancelled else ""
    return Reply(data, f"quest {quest['id']} is {result}; its members are told{turns_gone}")


def _finish(tx: Transaction, quest: dict[str, Any], call: Call, result: str, summary: str, *, force: bool) -> int:
    """End the quest; return how many turns that cancelled."""
    number = quest["id"]
    if quests.is_over(quest):
        raise RefusalError(f"quest {number} is {quest['status']} already, and that never changes")
    identity.check_leader(tx, quest, call.session, call.environ, "ends")
    if not force:
        _check_nothing_open(tx, number)
    cancelled = turns.cancel_all(tx, number)
    reviews.drop_all(tx, quest)
    messages.append(tx, number, kind="summary", sender=quest["leader"], session=call.session, text=summary)
    quests.finish(tx, quest, result, summary)
    return cancelled


def _check_nothing_open(tx: Transaction, quest: int) -> None:
    live = [f"{turn['id']} ({turn['assignee']}, {turn['state']})" for turn in quests.live_turns(tx, quest)]
    if live:
        listed = ", ".join(live[:10]) + (", ..." if len(live) > 10 else "")
        raise RefusalError(
            f"quest {quest} has unanswered turns: {listed}; wait for them, or add --force to cancel them"
        )
    waiting = ", ".join(str(row["turn"]) for row in reviews.pending(tx, quest)[:10])
    if waiting:
        raise RefusalError(f"turn {waiting} of quest {quest} waits for a review: give it, or add --force to do without")


def _cancel_turn(call: Call, number: int) -> Reply:
    with call.board.write() as tx:
        quest = quests.find(tx, call.options.quest)
        turns.expire(tx)
        turn = tx.one("SELECT * FROM turn WHERE id = ? AND quest = ?", number, quest["id"])
        if turn is None:
            raise RefusalError(f"quest {quest['id']} has no turn {number}; see acolytes-quest status")
        repeated = turn["state"] == "cancelled"
        if turn["state"] in {"done", "dead"}:
            raise RefusalError(f"turn {number} is {turn['state']} already: there is nothing to cancel")
        before = len(quests.live_turns(tx, quest["id"]))
        if not repeated:
            identity.check_leader(tx, quest, call.session, call.environ, "cancels turns of")
            turns.cancel(tx, turn)
        cancelled = before - len(quests.live_turns(tx, quest["id"]))
    data = {"quest": quest["id"], "turn": number, "status": "cancelled", "cancelled": cancelled, "repeated": repeated}
    others = f", and {counted(cancelled - 1, 'turn')} that waited for it" if cancelled > 1 else ""
    return Reply(data, f"turn {number} is cancelled{others}; an answer to it will be refused")

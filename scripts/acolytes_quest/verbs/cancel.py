"""The verb cancel: the leader cancels a quest, or one turn of it."""

from __future__ import annotations

from ..board import identity, quests, turns
from ..board.rows import Turn
from ..call import Reply, VerbCall
from ..ending import end_quest
from ..errors import RefusalError
from ..framing import counted


def run(call: VerbCall) -> Reply:
    """Cancel a quest with all its live turns; or one turn, with the turns that depend on it."""
    if call.options.turn is not None:
        return _cancel_turn(call, call.options.turn)
    if call.options.summary is None:
        raise RefusalError("say why the quest is cancelled: --summary TEXT (or cancel one turn: --turn N)")
    return end_quest(call, "cancelled", force=True)


def _cancel_turn(call: VerbCall, number: int) -> Reply:
    with call.board.write() as tx:
        quest = quests.find(tx, call.options.quest)
        turns.expire(tx)
        turn = tx.row(Turn, "SELECT * FROM turn WHERE id = ? AND quest = ?", number, quest.id)
        if turn is None:
            raise RefusalError(f"quest {quest.id} has no turn {number}; see acolytes-quest status --quest {quest.id}")
        repeated = turn.state == "cancelled"
        if turn.state in {"done", "dead"}:
            raise RefusalError(f"turn {number} is {turn.state} already, so it cannot be cancelled")
        before = len(quests.live_turns(tx, quest.id))
        if not repeated:
            identity.check_leader(tx, quest, call.session, call.environ, "cancels turns of")
            turns.cancel(tx, turn)
        cancelled = before - len(quests.live_turns(tx, quest.id))
    data = {"quest": quest.id, "turn": number, "status": "cancelled", "cancelled": cancelled, "repeated": repeated}
    others = f", and {counted(cancelled - 1, 'turn')} that depended on it" if cancelled > 1 else ""
    return Reply(data, f"turn {number} is cancelled{others}; an answer to it will be refused")

"""The verb cancel: the leader cancels a quest, or one turn of it."""

from __future__ import annotations

from ..board import decisions, messages, prospects, quests, turns
from ..board.rows import Turn
from ..call import Reply, VerbCall
from ..ending import end_quest
from ..errors import RefusalError
from ..framing import numbered
from ..leading import act_as_leader

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..board.rows import Quest
    from ..stores.engine import Transaction


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
        before = [row.id for row in quests.live_turns(tx, quest.id)]
        is_question = _is_question(tx, turn)
        end = _drop if is_question else _cancel
        repeated = end(tx, call, quest, turn)
        if not repeated:
            turns.wake_waiting(tx, quest.id)
            prospects.wake_those_without(tx, quest.id)
        live = {row.id for row in quests.live_turns(tx, quest.id)}
    status = "dropped" if is_question else "cancelled"
    cancelled = [row for row in before if row not in live]
    others = [row for row in cancelled if row != number]
    data = {"quest": quest.id, "turn": number, "status": status, "cancelled": len(cancelled), "repeated": repeated}
    verb = "is" if len(others) == 1 else "are"
    if is_question:
        also = f"; {numbered('turn', others)} that depended on it {verb} cancelled" if others else ""
        return Reply(data, f"turn {number} is dropped: it gets no reply{also}")
    also = f", and {numbered('turn', others)} that depended on it" if others else ""
    return Reply(data, f"turn {number} is cancelled{also}; an answer to it will be refused")


def _cancel(tx: Transaction, call: VerbCall, quest: Quest, turn: Turn) -> bool:
    """Cancel a turn; return whether it had been cancelled before."""
    if turn.state in {"done", "dead"}:
        raise RefusalError(f"turn {turn.id} is {turn.state} already, so it cannot be cancelled")
    repeated = turn.state == "cancelled"
    if not repeated:
        act_as_leader(tx, quest, call, "cancels turns of")
        turns.cancel(tx, turn)
    return repeated


def _is_question(tx: Transaction, turn: Turn) -> bool:
    answer = messages.answer_to(tx, turn.id)
    return answer is not None and answer.kind in {"clarification", "blocked"}


def _drop(tx: Transaction, call: VerbCall, quest: Quest, turn: Turn) -> bool:
    """Decide that a turn that was answered CLARIFICATION or BLOCKED gets no reply; return whether that was so before.

    The turns that depend on it are cancelled.
    """
    outcome = decisions.outcome(tx, turn.id)
    if outcome == "replied":
        raise RefusalError(f"turn {turn.id} has its reply already, so it cannot be dropped")
    if outcome is None:
        quests.find_open(tx, quest.id)
        act_as_leader(tx, quest, call, "cancels turns of")
        decisions.drop(tx, decisions.question(tx, quest.id, turn.id), session=call.session)
    return outcome is not None

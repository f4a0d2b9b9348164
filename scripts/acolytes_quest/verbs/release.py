"""The verb release: a turn that a session has taken is queued again, for another session to take."""

from __future__ import annotations

from ..board import holding, identity, quests, turns
from ..board.rows import Turn
from ..call import Reply, VerbCall
from ..errors import RefusalError
from ..leading import act_as_leader

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..board.rows import Quest
    from ..stores.engine import Transaction


def run(call: VerbCall) -> Reply:
    """Give back the turn that the caller holds, or as the leader the turn that anybody holds."""
    with call.board.write() as tx:
        quest = quests.find_open(tx, call.options.quest)
        turns.expire(tx)
        worker = call.agent or identity.member_name(tx, quest, call.session)
        if worker not in {None, quest.leader}:
            turn = _own(tx, quest, call)
            turns.release(tx, turn, "released")
        else:
            turn = _any(tx, quest, call)
            turns.take_back(tx, turn)
        now = turns.get(tx, turn.id)
    left = turns.ATTEMPTS - now.attempt
    return Reply(
        {"quest": quest.id, "turn": turn.id, "agent": turn.assignee, "state": now.state, "attempts_left": left},
        f"turn {turn.id} for {turn.assignee} is {now.state}{_warning(now.attempt, left)}",
    )


def _warning(attempt: int, left: int) -> str:
    if left > 1:
        return ""
    ended = f": {attempt} attempts ended without an answer"
    return f"{ended}, and if the next one does, it is dead" if left else ended


def _own(tx: Transaction, quest: Quest, call: VerbCall) -> Turn:
    caller = call.caller()
    leased = [row for row in holding.held_turns(tx, quest.id, caller) if row.state == "leased"]
    if not leased:
        raise holding.refusal(tx, quest.id, caller, call.environ)
    return holding.single_turn(tx, quest.id, leased, caller, call.environ)


def _any(tx: Transaction, quest: Quest, call: VerbCall) -> Turn:
    act_as_leader(tx, quest, call, "gives back turns of")
    number = call.options.turn
    if number is None:
        raise RefusalError(f"name the turn: --turn N; see acolytes-quest status --quest {quest.id}")
    turn = tx.row(Turn, "SELECT * FROM turn WHERE id = ? AND quest = ?", number, quest.id)
    if turn is None:
        raise RefusalError(f"quest {quest.id} has no turn {number}; see acolytes-quest status --quest {quest.id}")
    if turn.state != "leased":
        raise RefusalError(f"turn {number} is {turn.state}: only a turn that a session has taken can be given back")
    return turn

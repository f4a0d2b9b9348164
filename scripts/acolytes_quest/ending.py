"""What the verbs complete, fail and cancel share: they end a quest, and a retry of the same call changes nothing."""

from __future__ import annotations

from . import checks
from .board import closing, decisions, news, quests
from .call import Reply, VerbCall
from .errors import RefusalError
from .framing import counted
from .leading import act_as_leader


def end_quest(call: VerbCall, result: str, *, force: bool) -> Reply:
    """End the quest as `result`. Unless `force` is set, refuse while a turn has no answer, or a review no verdict."""
    summary = checks.text(call.options.summary, "summary")
    with call.board.write() as tx:
        quest = quests.find(tx, call.options.quest)
        repeated = (quest.status, quest.summary) == (result, summary)
        cancelled, undecided = 0, 0
        if not repeated:
            if quest.is_over:
                raise RefusalError(f"quest {quest.id} is {quest.status} already: create another quest")
            act_as_leader(tx, quest, call, "ends")
            if not force:
                closing.check_complete(tx, quest, result, news.reader(call.session, call.environ))
            undecided = len(decisions.needed(tx, quest.id))
            cancelled = closing.close(tx, quest, result, summary, session=call.session)
    data = {"quest": quest.id, "status": result, "cancelled": cancelled, "undecided": undecided, "repeated": repeated}
    verb = "is" if cancelled == 1 else "are"
    also = f"; {counted(cancelled, 'unanswered turn')} {verb} cancelled" if cancelled else ""
    if undecided:
        also += f"; {counted(undecided, 'question')} {'has' if undecided == 1 else 'have'} no reply"
    return Reply(data, f"quest {quest.id} is {result}; its members are notified{also}")

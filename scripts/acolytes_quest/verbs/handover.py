"""The verb handover: another session leads a quest from now on, because its leader has ended or gives it away."""

from __future__ import annotations

from ..board import identity, news, quests
from ..call import Reply, VerbCall
from ..errors import RefusalError
from ..leading import act_as_leader
from ..location import URL_VARIABLE

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..board.rows import Quest
    from ..stores.engine import Transaction


def run(call: VerbCall) -> Reply:
    """Make --to the leader's session. Without it, the caller takes the quest over, or as its leader gives it away."""
    caller = identity.leader_session(call.session, call.environ)
    with call.board.write() as tx:
        quest = quests.find_open(tx, call.options.quest)
        new = _new_leader(tx, quest, call, caller)
        if quest.leader_session in {None, caller}:
            act_as_leader(tx, quest, call, "hands over")
        news.print_again(tx, quest.id)
        quests.hand_over(tx, quest, new)
    if new and call.environ.get(URL_VARIABLE):
        from ..membership import note

        note(call.cwd, call.environ, new)
    words = ["--as", new] if new and new != caller else []
    following = call.command("monitor", "--role leader --quest", quest.id, *words)
    who = f"session {new} leads quest {quest.id}"
    where = "next" if new == caller else "next, in the session that leads it"
    if new is None:
        # A caller without an id is nobody in particular: it says under which id it wants to lead.
        following = call.command("handover", "--quest", quest.id, *([] if caller else ["--as ID"]))
        who = f"no session leads quest {quest.id}, so any that does not work in it may act as its leader"
        where = "next, who takes it" if caller else "to lead it under an id of your own"
    return Reply(
        {"quest": quest.id, "leader": quest.leader, "session": new, "before": quest.leader_session, "next": following},
        f"{who}; {where}: {following}",
    )


def _new_leader(tx: Transaction, quest: Quest, call: VerbCall, caller: str | None) -> str | None:
    """Return the session that leads the quest from now on, None for whoever takes it next. Refuse a worker."""
    number = quest.id
    if identity.member_name(tx, quest, call.session) not in {None, quest.leader}:
        raise RefusalError(f"only the leader {quest.leader} hands over quest {number}; this session is its worker")
    new: str | None = call.options.to or (None if quest.leader_session == caller else caller)
    if new and new == quest.leader_session:
        raise RefusalError(f"the session {new} leads quest {number} already: leave --to out to give it to anybody")
    worker = identity.member_name(tx, quest, new)
    if worker is not None:
        raise RefusalError(f"the session {new} works in quest {number} as {worker}, so it cannot lead it: name another")
    return new

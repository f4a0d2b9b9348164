"""The verb note: the leader writes to workers without a turn, and a person to workers or to the leader.

A hook shows it to those at work. To the leader it is news.
"""

from __future__ import annotations

from .. import checks
from ..board import identity, messages, quests
from ..call import Reply, VerbCall
from ..describe import message_data
from ..errors import RefusalError
from ..leading import act_as_leader
from ..texts import message_text


def run(call: VerbCall) -> Reply:
    """Post one note for each worker."""
    text = message_text(call.options.msg, call.options.msg_file)
    named = [] if call.options.to == checks.EVERYONE else checks.agent_names(call.options.to)
    with call.board.write() as tx:
        quest = quests.find_open(tx, call.options.quest)
        recipients = named or quests.workers(tx, quest.id)
        for recipient in recipients:
            quests.check_member(tx, quest.id, recipient)
        # Without a session it is a person, unless the leader of this quest works without one, too.
        is_person = quest.leader_session and identity.leader_session(call.session, call.environ) is None
        if quest.leader in recipients and not is_person:
            raise RefusalError(
                f"{quest.leader} leads the quest: write to it with acolytes-quest message --quest {quest.id}"
                f" --to {quest.leader} --from NAME"
            )
        if not is_person:
            act_as_leader(tx, quest, call, "writes notes in")
        sender = checks.PERSON if is_person else quest.leader
        sent = [
            messages.append(tx, quest.id, kind="note", sender=sender, recipient=to, session=call.session, text=text)
            for to in recipients
        ]
    data = {"quest": quest.id, "from": sender, "messages": [message_data(row) for row in sent]}
    return Reply(data, *(f"{row.recipient} has message {row.seq}" for row in sent))

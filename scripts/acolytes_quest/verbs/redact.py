"""The verb redact: remove the text of a message permanently."""

from __future__ import annotations

from .. import checks
from ..board import messages, quests
from ..call import Reply, VerbCall
from ..describe import message_data
from ..leading import act_as_leader


def run(call: VerbCall) -> Reply:
    """Replace the text by the reason; number, author and time stay. A second call changes nothing."""
    reason = checks.text(call.options.reason, "reason")
    with call.board.write() as tx:
        quest = quests.find(tx, call.options.quest)
        row = messages.find(tx, quest.id, call.options.seq)
        repeated = bool(row.redacted)
        if not repeated:
            act_as_leader(tx, quest, call, "redacts messages of")
            messages.redact(tx, row, reason)
            quests.log(
                tx,
                "redacted",
                quest.id,
                turn=row.turn,
                actor=quest.leader,
                session=call.session,
                detail=str(row.seq),
            )
        row = messages.find(tx, quest.id, row.seq)
    call.board.scrub()
    already = "already " if repeated else ""
    return Reply(
        {"quest": quest.id, "message": message_data(row), "repeated": repeated},
        f"message {row.seq} of quest {quest.id} is {already}redacted;"
        " copies that were printed, exported or backed up before still hold its text",
    )

"""The verb phase: the leader names the phase that a quest is in."""

from __future__ import annotations

from .. import checks
from ..board import quests
from ..call import Reply, VerbCall
from ..framing import quoted
from ..leading import act_as_leader


def run(call: VerbCall) -> Reply:
    """Change the phase of an open quest."""
    phase = checks.text(call.options.phase, "phase")
    with call.board.write() as tx:
        quest = quests.find_open(tx, call.options.quest)
        act_as_leader(tx, quest, call, "names the phase of")
        quests.set_phase(tx, quest, phase, session=call.session)
    return Reply({"quest": quest.id, "phase": phase}, f"quest {quest.id} is in phase {quoted(phase, 40)}")

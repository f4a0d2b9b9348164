"""The verb add-member: workers join a quest that has begun."""

from __future__ import annotations

from .. import checks
from ..board import quests
from ..call import Reply, VerbCall
from ..leading import act_as_leader


def run(call: VerbCall) -> Reply:
    """Add the workers that are no members yet. A retry changes nothing."""
    agents = checks.agent_names(call.options.agents)
    with call.board.write() as tx:
        quest = quests.find_open(tx, call.options.quest)
        act_as_leader(tx, quest, call, "adds members to")
        new = quests.add_workers(tx, quest, agents, session=call.session)
        workers = quests.workers(tx, quest.id)
    return Reply(
        {"quest": quest.id, "added": new, "workers": workers},
        f"quest {quest.id} has the workers {', '.join(workers)}" + ("" if new else " (as before)"),
    )

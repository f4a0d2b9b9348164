"""The verb create: start a quest."""

from __future__ import annotations

from .. import checks
from ..board import identity, quests
from ..call import Reply, VerbCall
from ..location import URL_VARIABLE


def run(call: VerbCall) -> Reply:
    """Create a quest, and the board if there is none. Print only the number of the quest."""
    options = call.options
    mission = checks.text(options.mission, "mission")
    phase = checks.text(options.phase, "phase") if options.phase else None
    agents = checks.agent_names(options.agents)
    leader = checks.agent_name(options.leader)
    session = identity.leader_session(call.session, call.environ)
    call.board.create()
    with call.board.write() as tx:
        quest = quests.create(
            tx, mission=mission, agents=agents, leader=leader, phase=phase, mode=options.mode, session=session
        )
    if session and call.environ.get(URL_VARIABLE):
        from ..membership import note

        note(call.cwd, call.environ, session)
    return Reply({"quest": quest, "leader": leader, "agents": agents, "mode": options.mode}, str(quest))

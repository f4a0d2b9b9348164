"""The verb create: start a quest."""

from __future__ import annotations

from .. import checks
from ..board import identity, messages, quests, turns
from ..call import Reply, VerbCall
from ..errors import RefusalError
from ..location import URL_VARIABLE
from ..texts import message_text
from ..trees import tree_of

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction


def run(call: VerbCall) -> Reply:
    """Create a quest, and the board if there is none. Print its number, and the turns that it begins with."""
    options = call.options
    mission = checks.text(options.mission, "mission")
    phase = checks.text(options.phase, "phase") if options.phase else None
    agents = checks.agent_names(options.agents)
    leader = checks.agent_name(options.leader)
    task = _task(call)
    session = identity.leader_session(call.session, call.environ)
    tree = None if options.anywhere else tree_of(call.cwd, call.environ)
    call.board.create()
    with call.board.write() as tx:
        quest = quests.create(
            tx,
            mission=mission,
            agents=agents,
            leader=leader,
            phase=phase,
            mode=options.mode,
            session=session,
            tree=tree,
        )
        first = _assign(tx, quest, leader, agents, task, reviewed=options.reviewed) if task is not None else []
    if session and call.environ.get(URL_VARIABLE):
        from ..membership import note

        note(call.cwd, call.environ, session)
    data = {"quest": quest, "leader": leader, "agents": agents, "mode": options.mode, "tree": tree, "turns": first}
    return Reply(data, str(quest), *(f"turn {row['turn']} for {row['agent']} is {row['state']}" for row in first))


def _task(call: VerbCall) -> str | None:
    """Return the text of the first turn of each worker; None for a quest without turns."""
    options = call.options
    if options.msg is None and options.msg_file is None:
        if options.reviewed:
            raise RefusalError("--review is for the turns that --msg assigns: add --msg, or leave --review out")
        return None
    return message_text(options.msg, options.msg_file)


def _assign(
    tx: Transaction, quest: int, leader: str, agents: list[str], task: str, *, reviewed: bool
) -> list[dict[str, object]]:
    """Assign a turn with the same task to each of the agents; return the turns for JSON."""
    assigned: list[dict[str, object]] = []
    for agent in agents:
        turn = turns.assign(tx, quest, agent, [], reviewed=reviewed)
        messages.append(tx, quest, kind="assignment", sender=leader, recipient=agent, turn=turn.id, text=task)
        assigned.append({"turn": turn.id, "agent": agent, "state": turn.state})
    return assigned

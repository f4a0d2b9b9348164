"""The verb create: start a quest."""

from __future__ import annotations

from .. import checks
from ..board import identity, messages, quests, turns
from ..call import Reply, VerbCall
from ..errors import RefusalError
from ..framing import counted, quoted
from ..location import URL_VARIABLE
from ..nearby import boards, note_server
from ..texts import file_text, message_text
from ..trees import tree_of

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..plan import PlannedTurn
    from ..stores.engine import Transaction


_IN_PLAN = ("mission", "agents", "phase", "mode", "msg", "msg_file", "reviewed")  # what a plan says itself


def run(call: VerbCall) -> Reply:
    """Create a quest, and the board if there is none. Print its number, and the turns that it begins with."""
    options = call.options
    leader = checks.agent_name(options.leader)
    if options.plan is not None:
        return _of_plan(call, leader)
    if options.dry_run:
        raise RefusalError("--dry-run checks a plan: add --plan FILE, or leave --dry-run out")
    if options.mission is None or options.agents is None:
        raise RefusalError("a quest needs --mission and --agents, or --plan; see: acolytes-quest create --help")
    mission = checks.text(options.mission, "mission")
    phase = checks.text(options.phase, "phase") if options.phase else None
    agents = checks.agent_names(options.agents)
    mode = options.mode or "parallel"
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
            mode=mode,
            session=session,
            tree=tree,
        )
        first = _assign(tx, quest, leader, agents, task, reviewed=options.reviewed) if task is not None else []
    _note(call, session)
    data = {"quest": quest, "leader": leader, "agents": agents, "mode": mode, "tree": tree, "turns": first}
    return Reply(
        data,
        str(quest),
        *(f"turn {row['turn']} for {row['agent']} is {row['state']}" for row in first),
        boards=boards(call.cwd, call.environ),
    )


def _of_plan(call: VerbCall, leader: str) -> Reply:
    """Create the quest of a plan with all of its turns; with --dry-run, only check it."""
    from .. import plan, planning

    options = call.options
    both = [name for name in _IN_PLAN if getattr(options, name)]
    if both:
        option = {"reviewed": "review"}.get(both[0], both[0].replace("_", "-"))
        raise RefusalError(f"--{option} is in the plan already: leave it out, or leave --plan out")
    text = file_text(options.plan, "--plan", "plan")
    planned = plan.read(options.plan, text, leader, call.cwd, call.environ)
    tree = None if options.anywhere else tree_of(call.cwd, call.environ)
    data = {"leader": leader, "agents": planned.agents, "mode": planned.mode, "tree": tree}
    if options.dry_run:
        turns_data = [{"name": turn.name, "agent": turn.agent, "after": turn.after} for turn in planned.turns.values()]
        return Reply(
            {"quest": None, **data, "turns": turns_data},
            f"the plan is right: {counted(len(planned.turns), 'turn')} for {', '.join(planned.agents)}",
            *(_planned_line(turn) for turn in planned.turns.values()),
        )
    session = identity.leader_session(call.session, call.environ)
    call.board.create()
    with call.board.write() as tx:
        quest, made = planning.carry_out(tx, call, planned, leader, session, tree)
    _note(call, session)
    return Reply(
        {"quest": quest, **data, "turns": made},
        str(quest),
        *(_made_line(row) for row in made),
        boards=boards(call.cwd, call.environ),
    )


def _made_line(row: dict[str, object]) -> str:
    name = f"review of {row['name']}" if row["kind"] == "review" else row["name"]
    return f"turn {row['turn']} ({name}) for {row['agent']} is {row['state']}"


def _planned_line(turn: PlannedTurn) -> str:
    after = f" after {', '.join(turn.after)}" if turn.after else ""
    review = f", reviewed by {turn.reviewer or 'the leader'}" if turn.reviewed else ""
    return f"{turn.name} for {turn.agent}{after}{review}: {quoted(turn.task, 80)}"


def _note(call: VerbCall, session: str | None) -> None:
    note_server(call.cwd, call.environ)
    if session and call.environ.get(URL_VARIABLE):
        from ..membership import note

        note(call.cwd, call.environ, session)


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

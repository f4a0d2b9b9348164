"""The verb monitor: a worker waits for a turn, a leader for news."""

from __future__ import annotations

import time

from .. import leader_report
from ..assignment_reply import assignment_reply
from ..board import identity, news, quests, turns, waiting
from ..board.rows import Quest, Turn
from ..board.wanted import Wanted, in_other_trees
from ..call import Reply, VerbCall
from ..describe import other_trees_line, utc
from ..errors import NoBoardError, RefusalError
from ..framing import quoted, visible
from ..location import URL_VARIABLE
from ..stores.sql import OPEN, and_equal
from ..trees import elsewhere, tree_of

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..board.rows import AnonymousTurn
    from ..board.wanted import OtherTree
    from ..stores.engine import Transaction


def run(call: VerbCall) -> Reply:
    """Wait for a turn (a worker) or for news (a leader), and print what to type next."""
    deadline = time.monotonic() + call.options.timeout
    call.board.end_by(deadline)
    return _lead(call, deadline) if call.options.role == "leader" else _work(call, deadline)


def _work(call: VerbCall, deadline: float) -> Reply:
    options = call.options
    try:
        agent, quest = _worker(call)
    except NoBoardError:
        if not waiting.for_board(call.board, deadline):
            if call.agent is None:
                raise RefusalError("name the worker: --agent NAME") from None
            return _nothing(call, call.agent, [], [], [])
        agent, quest = _worker(call)
    if call.session and call.environ.get(URL_VARIABLE):
        from ..membership import note

        note(call.cwd, call.environ, call.session)
    tree = tree_of(call.cwd, call.environ)
    worker = waiting.Worker(
        call.board,
        agent=agent,
        session=call.session,
        quest=quest,
        turn=options.turn,
        tree=tree,
        any_worker=options.any,
    )
    result = waiting.despite_breaks(worker.wait, deadline)
    if isinstance(result, waiting.TurnTaken):
        return assignment_reply(call, result)
    if isinstance(result, waiting.QuestEnded):
        return _ended(call, result.quest, agent, result.open_quests)
    with call.board.read() as tx:
        held = [] if call.session else turns.held_anonymously(tx, agent, quest)
        others = in_other_trees(tx, Wanted(agent, quest=quest, tree=tree, any_worker=options.any))
    return _nothing(call, agent, result.open_quests, held, others)


def _worker(call: VerbCall) -> tuple[str, int | None]:
    """Return the name of the worker, and its quest where it names that or one of its turns."""
    options = call.options
    ahead = [*identity.naming(call.session), *identity.leading(call.session)]
    if options.quest is not None:
        ahead += [quests.finding(options.quest), quests.names(options.quest)]
    with call.board.read(*ahead, only=bool(ahead) and options.turn is None) as tx:
        agent = identity.worker_name(tx, call.session, call.agent)
        quest = _quest_of_turn(tx, options.turn, options.quest, agent) if options.turn else options.quest
        if quest is not None:
            _check_worker(tx, quest, agent)
        identity.check_worker(tx, call.session, agent, quest)
        return agent, quest


def _quest_of_turn(tx: Transaction, number: int, quest: int | None, agent: str) -> int:
    """Return the quest of a turn that the worker chose. Refuse a turn that it can never take."""
    turn = tx.row(Turn, "SELECT * FROM turn WHERE id = ?", number)
    if turn is None or quest not in {None, turn.quest}:
        where = "" if quest is None else f" in quest {quest}"
        raise RefusalError(f"there is no turn {number}{where}; acolytes-quest ready lists the turns to take")
    if turn.state in {"done", "dead", "cancelled"}:
        raise RefusalError(f"turn {number} is {turn.state}; acolytes-quest ready lists the turns to take")
    if turn.assignee != agent and not turn.pool:
        raise RefusalError(
            f"turn {number} is for {turn.assignee}, not for {agent}: take one that is for you or for any"
        )
    return turn.quest


def _check_worker(tx: Transaction, number: int, agent: str) -> None:
    quest = quests.find(tx, number)
    quests.check_member(tx, number, agent)
    if agent == quest.leader:
        raise RefusalError(f"{agent} leads quest {number}: wait with --role leader")


def _ended(call: VerbCall, quest: Quest, agent: str, open_quests: list[int]) -> Reply:
    data = {"status": "ended", "quest": quest.id, "result": quest.status, "summary": quest.summary}
    line = f"quest {quest.id} {quest.status}: {quoted(quest.summary or '')}"
    if not open_quests:
        return Reply(data, f"{line}; nothing more to do")
    again = call.command("monitor", "--role worker --agent", agent)
    return Reply({**data, "next": again}, f"{line}; you have other open quests; next: {again}")


def _nothing(
    call: VerbCall, agent: str, open_quests: list[int], held: list[AnonymousTurn], others: list[OtherTree]
) -> Reply:
    """Report that no turn is waiting, and which turn an earlier call without --as may have taken and forgotten."""
    quest = call.options.quest or (open_quests[0] if len(open_quests) == 1 else None)
    words = ["--quest", quest] if quest else []
    again = call.command("monitor", "--role worker --agent", agent, *words)
    waited = f" within {call.options.timeout:g} s" if call.options.timeout else ""
    here = " of this working tree" if others else ""
    found = None
    if not open_quests:
        from ..nearby import boards

        found = boards(call.cwd, call.environ)
    no_quest = f"; {agent} is in no open quest{here} on the board {visible(found.own)}" if found else ""
    go_on = "" if call.options.timeout or held else "; go on with your request"
    return Reply(
        {
            "status": "timeout",
            "agent": agent,
            "open": open_quests,
            "held": [turn.id for turn in held],
            "other_trees": [other.data() for other in others],
            "next": again,
        },
        f"no turn is waiting for {agent}{waited}{no_quest}{_held(call, held)}{go_on}; check again: {again}",
        other_trees_line(others),
        boards=found,
    )


def _held(call: VerbCall, held: list[AnonymousTurn]) -> str:
    if not held:
        return ""
    turn = held[0]
    more = f" (and {len(held) - 1} more)" if len(held) > 1 else ""
    answer = call.command("respond", "--quest", turn.quest, "--turn", turn.id, "--msg 'Completed: ...'")
    return (
        f"; turn {turn.id} is held by an anonymous session since {utc(turn.since)}{more}:"
        f" answer it ({answer}) or wait for its lease to end"
    )


def _lead(call: VerbCall, deadline: float) -> Reply:
    if call.options.any or call.options.turn:
        raise RefusalError("--any and --turn are for a worker: leave them out, or wait with --role worker")
    own = tree_of(call.cwd, call.environ)
    with call.board.read() as tx:
        quest = _led_quest(tx, call.options.quest, call.agent, own)
        identity.check_not_handed_over(tx, quest, call.session, call.environ)
        reader = news.reader(call.session, call.environ)
        returns = news.shown(tx, quest.id, reader) > 0
    if returns:
        with call.board.write() as tx:
            news.acknowledge(tx, quest, reader)
    leader = waiting.Leader(call.board, led=[quest], reader=reader, since=call.options.since)
    found = waiting.despite_breaks(leader.wait, deadline)
    if found.messages:
        return leader_report.report(call, found, reader, call.options.since)
    if found.quest.is_over:
        return _ended(call, found.quest, found.quest.leader, [])
    return leader_report.nothing_new(call, found, call.options.since)


def _led_quest(tx: Transaction, number: int | None, agent: str | None, own: str) -> Quest:
    if number is None:
        condition, values = and_equal({"leader": agent})
        led = tx.rows(Quest, f"SELECT * FROM quest WHERE status IN {OPEN}{condition} ORDER BY id", *values)
        here = [quest for quest in led if quest.tree in {None, own}]
        if len(here) != 1:
            listed = ", ".join(f"{quest.id}{elsewhere(quest.tree, own)}" for quest in led) or "none"
            by = f" and led by {agent}" if agent else ""
            raise RefusalError(f"name the quest: --quest N (open{by}: {listed})")
        return here[0]
    quest = quests.find(tx, number)
    if agent not in {None, quest.leader}:
        raise RefusalError(f"quest {number} is led by {quest.leader}, not by {agent}: wait with --role worker")
    return quest

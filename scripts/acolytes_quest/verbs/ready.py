"""The verb ready: the turns that can be taken now, and by whom."""

from __future__ import annotations

from ..board import messages, turns
from ..board.wanted import Wanted, in_other_trees
from ..call import Reply, VerbCall
from ..describe import age, message_data, other_trees_line, utc
from ..framing import counted, quoted
from ..trees import tree_of

_TURNS_SHOWN = 50


def run(call: VerbCall) -> Reply:
    """Show the turns that a worker can take now, in the order in which it would get them."""
    options = call.options
    agent = call.agent
    most = call.bound(_TURNS_SHOWN)
    own = tree_of(call.cwd, call.environ)
    with call.board.read() as tx:
        wanted = Wanted(agent, quest=options.quest, tree=own, any_worker=True)
        rows = turns.claimable(tx, wanted, most + 1)
        others = in_other_trees(tx, wanted)
        shown = [(row, messages.assignment(tx, row.id)) for row in rows[:most]]
        boot, seconds = tx.now
        since = [
            None if row.queued_since is None or row.queued_boot != boot else seconds - row.queued_since
            for row, _ in shown
        ]
        at = tx.at
    data = [
        {
            "quest": row.quest,
            "turn": row.id,
            "agent": row.assignee,
            "kind": row.kind,
            "attempt": row.attempt + 1,
            "since": None if waited is None else utc(at - waited),
            "message": message_data(message),
        }
        for (row, message), waited in zip(shown, since)
    ]
    lines = [
        f"turn {row.id} of quest {row.quest} for {'any worker' if row.pool else row.assignee}"
        + ("" if waited is None else f", queued {age(waited)} ago")
        + f": {quoted(message.text, 80)}"
        for (row, message), waited in zip(shown, since)
    ]
    if not rows:
        lines = ["no turn can be taken now" + (f" by {agent}" if agent else "")]
    elif len(rows) > most:
        lines.append("and more: name a quest or an agent")
    else:
        take = call.command("monitor", "--role worker --agent", agent or "NAME")
        lines.append(f"{counted(len(rows), 'turn')} ready; to take one: {take}, with --turn N for a certain one")
    other_trees = [other.data() for other in others if other.ready]
    return Reply({"ready": data, "other_trees": other_trees}, *lines, other_trees_line(others))

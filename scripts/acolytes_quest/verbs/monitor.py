"""The verb monitor: a worker waits for a turn, a leader for news."""

from __future__ import annotations

import time

from ..board import identity, news, quests, turns, waiting
from ..board.rows import Quest
from ..call import Reply, VerbCall
from ..describe import message_data, message_title, utc
from ..errors import RefusalError
from ..framing import Frame, quoted
from ..handover import SHOWN_CHARACTERS, hand_over
from ..location import URL_VARIABLE
from ..stores.sql import OPEN, and_equal

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..board.rows import AnonymousTurn
    from ..board.waiting import LeaderNews
    from ..stores.engine import Transaction

_TURNS_SHOWN = 5


def run(call: VerbCall) -> Reply:
    """Wait for a turn (a worker) or for news (a leader), and print what to type next."""
    deadline = time.monotonic() + call.options.timeout
    return _lead(call, deadline) if call.options.role == "leader" else _work(call, deadline)


def _work(call: VerbCall, deadline: float) -> Reply:
    options = call.options
    agent = call.agent
    if not waiting.for_board(call.board, deadline):
        if agent is None:
            raise RefusalError("name the worker: --agent NAME")
        return _nothing(call, agent, [], [])
    with call.board.read() as tx:
        agent = identity.worker_name(tx, call.session, agent)
        if options.quest is not None:
            _check_worker(tx, options.quest, agent)
    if call.session and call.environ.get(URL_VARIABLE):
        from ..membership import note

        note(call.cwd, call.environ, call.session)
    worker = waiting.Worker(call.board, agent=agent, session=call.session, quest=options.quest)
    result = waiting.despite_breaks(worker.wait, deadline)
    if isinstance(result, waiting.TurnTaken):
        return hand_over(call, result.turn)
    if isinstance(result, waiting.QuestEnded):
        return _ended(call, result.quest, agent, result.open_quests)
    with call.board.read() as tx:
        held = [] if call.session else turns.held_anonymously(tx, agent, options.quest)
    return _nothing(call, agent, result.open_quests, held)


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


def _nothing(call: VerbCall, agent: str, open_quests: list[int], held: list[AnonymousTurn]) -> Reply:
    """Report that no turn is waiting, and which turn an earlier call without --as may have taken and forgotten."""
    quest = call.options.quest or (open_quests[0] if len(open_quests) == 1 else None)
    words = ["--quest", quest] if quest else []
    again = call.command("monitor", "--role worker --agent", agent, *words)
    waited = f" within {call.options.timeout:g} s" if call.options.timeout else ""
    no_quest = "" if open_quests else f"; {agent} is in no open quest"
    go_on = "" if call.options.timeout or held else "; go on with your request"
    return Reply(
        {
            "status": "timeout",
            "agent": agent,
            "open": open_quests,
            "held": [turn.id for turn in held],
            "next": again,
        },
        f"no turn is waiting for {agent}{waited}{no_quest}{_held(call, held)}{go_on}; check again: {again}",
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
    with call.board.read() as tx:
        quest = _led_quest(tx, call.options.quest, call.agent)
        reader = news.reader(call.session, call.environ)
        returns = news.shown(tx, quest.id, reader) > 0
    if returns:
        with call.board.write() as tx:
            news.acknowledge(tx, quest, reader)
    leader = waiting.Leader(call.board, quest=quest, reader=reader, since=call.options.since)
    found = waiting.despite_breaks(leader.wait, deadline)
    return _news(call, found, reader) if found.messages else _no_news(call, found)


def _led_quest(tx: Transaction, number: int | None, agent: str | None) -> Quest:
    if number is None:
        condition, values = and_equal({"leader": agent})
        led = tx.rows(Quest, f"SELECT * FROM quest WHERE status IN {OPEN}{condition} ORDER BY id", *values)
        if len(led) != 1:
            listed = ", ".join(str(quest.id) for quest in led) or "none"
            by = f" and led by {agent}" if agent else ""
            raise RefusalError(f"name the quest: --quest N (open{by}: {listed})")
        return led[0]
    quest = quests.find(tx, number)
    if agent not in {None, quest.leader}:
        raise RefusalError(f"quest {number} is led by {quest.leader}, not by {agent}: wait with --role worker")
    return quest


def _news(call: VerbCall, found: LeaderNews, reader: str) -> Reply:
    """Show the oldest news first, as many as fit. The next call shows the others."""
    frame = Frame()
    quest = found.quest
    blocks: list[str] = []
    size = 0
    for row in found.messages:
        block = frame.around(message_title(row), row.text, SHOWN_CHARACTERS)
        if blocks and size + len(block) > SHOWN_CHARACTERS:
            break
        blocks.append(block)
        size += len(block)
    shown = found.messages[: len(blocks)]
    left = len(found.messages) - len(shown)
    since = call.options.since
    following = _leader_command(call, quest, None if since is None else shown[-1].seq)
    data = {
        "status": "news",
        "quest": quest.id,
        "result": quest.status,
        "messages": [message_data(row) for row in shown],
        "more": left,
        "to_review": _to_review(found),
        "to_decide": [row.turn for row in found.questions],
        "next": following,
    }
    more = f", {left} more with the next call" if left else ""

    def mark() -> None:
        with call.board.write() as tx:
            news.show(tx, quest.id, reader, shown[-1].seq)

    return Reply(
        data,
        f"quest {quest.id} {quest.status}: {len(shown)} new{more}",
        *blocks,
        _review_line(call, found),
        _decision_line(call, found),
        f"next: {following}",
        # Messages that lie before --since are not shown, so they must not count as read.
        when_printed=mark if since is None or since <= quest.leader_seen else None,
    )


def _to_review(found: LeaderNews) -> list[int]:
    """Return the turns that wait for the leader's own verdict."""
    return [row.turn for row in found.reviews if row.reviewer is None]


def _review_line(call: VerbCall, found: LeaderNews) -> str:
    pending = _to_review(found)
    if not pending:
        return ""
    more = f" (and {len(pending) - 1} more)" if len(pending) > 1 else ""
    accept = call.command("review", "--quest", found.quest.id, "--turn", pending[0], "--accept")
    return f"to review: turn {pending[0]}{more}: {accept} (or --change 'WHAT TO CHANGE')"


def _decision_line(call: VerbCall, found: LeaderNews) -> str:
    """Return how to reply to the oldest turn that needs a decision, or how to drop it."""
    if not found.questions:
        return ""
    first, quest = found.questions[0], found.quest.id
    more = f" (and {len(found.questions) - 1} more)" if len(found.questions) > 1 else ""
    reply = call.command("message", "--quest", quest, "--to", first.assignee, "--answers", first.turn, "--msg '...'")
    drop = call.command("cancel", "--quest", quest, "--turn", first.turn)
    return f"to decide: turn {first.turn}, {first.kind}{more}: reply by {reply}, or drop it by {drop}"


def _no_news(call: VerbCall, found: LeaderNews) -> Reply:
    quest = found.quest
    if quest.is_over:
        return _ended(call, quest, quest.leader, [])
    again = _leader_command(call, quest, call.options.since)
    live = ", ".join(f"turn {turn.id} {turn.assignee} {turn.state}" for turn in found.live_turns[:_TURNS_SHOWN])
    more = f" and {len(found.live_turns) - _TURNS_SHOWN} more" if len(found.live_turns) > _TURNS_SHOWN else ""
    data = {
        "status": "timeout",
        "quest": quest.id,
        "turns": [{"turn": turn.id, "agent": turn.assignee, "state": turn.state} for turn in found.live_turns],
        "to_review": _to_review(found),
        "to_decide": [row.turn for row in found.questions],
        "next": again,
    }
    return Reply(
        data,
        f"no news in quest {quest.id} within {call.options.timeout:g} s ({live or 'no turn is open'}{more});"
        f" check again: {again}",
        _review_line(call, found),
        _decision_line(call, found),
    )


def _leader_command(call: VerbCall, quest: Quest, since: int | None) -> str:
    only = [] if since is None else ["--since", since]
    return call.command("monitor", "--role leader --agent", quest.leader, "--quest", quest.id, *only)

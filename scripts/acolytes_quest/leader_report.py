"""What the leader reads: the news, and what waits for its verdict or its decision; from monitor, or from a hook."""

from __future__ import annotations

from .assignment_reply import SHOWN_CHARACTERS
from .board import news, prospects
from .board.reviews import MANY_SEND_BACKS
from .call import Reply, VerbCall
from .describe import message_data, message_title
from .framing import Frame, numbered

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from .board.rows import Quest
    from .board.waiting import LeaderNews

_TURNS_SHOWN = 5


def report(call: VerbCall, found: LeaderNews, reader: str, since: int | None = None) -> Reply:
    """Return the news for the session `reader`, oldest first, as many as fit. The next call shows the others."""
    frame = Frame()
    quest = found.quest
    blocks: list[str] = []
    size = 0
    for row in found.messages:
        block = frame.around(message_title(row), row.text, SHOWN_CHARACTERS)
        if blocks and size + len(block) > call.bound(SHOWN_CHARACTERS):
            break
        blocks.append(block)
        size += len(block)
    shown = found.messages[: len(blocks)]
    left = len(found.messages) - len(shown)
    following = _leader_command(call, quest, None if since is None else shown[-1].seq)
    data = {
        "status": "news",
        "quest": quest.id,
        "result": quest.status,
        "messages": [message_data(row) for row in shown],
        "to_review": _to_review(found),
        "to_decide": [row.turn for row in found.questions],
        "for_a_person": found.for_a_person,
        "next": following,
    }
    more = f", {left} more with the next call" if left else ""
    review, decision = _review_line(call, found), _decision_line(call, found)

    def mark() -> None:
        with call.board.write() as tx:
            news.show(tx, quest.id, reader, shown[-1].seq)
            prospects.wake_those_without(tx, quest.id)

    return Reply(
        data,
        f"quest {quest.id} {quest.status}: {len(shown)} new{more}",
        *blocks,
        review,
        decision,
        # before the leader waits again, it acts
        "" if (review or decision) and not left else f"next: {following}",
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
    line = f"to review: turn {pending[0]}{more}: {accept} (or --change 'WHAT TO CHANGE')"
    if not found.for_a_person:
        return line
    often, verb = numbered("turn", found.for_a_person), "was" if len(found.for_a_person) == 1 else "were"
    return f"{line}; {often} {verb} sent back {MANY_SEND_BACKS} times or more: ask a person before you do it again"


def _decision_line(call: VerbCall, found: LeaderNews) -> str:
    """Return how to reply to the oldest turn that needs a decision, or how to drop it."""
    if not found.questions:
        return ""
    first, quest = found.questions[0], found.quest.id
    more = f" (and {len(found.questions) - 1} more)" if len(found.questions) > 1 else ""
    words = ["--to", first.assignee, "--answers", first.turn, "--msg '...'"]
    reply = call.command("message", "--quest", quest, *words)
    drop = call.command("cancel", "--quest", quest, "--turn", first.turn)
    return f"to decide: turn {first.turn}, {first.kind}{more}: reply by {reply}, or drop it by {drop}"


def nothing_new(call: VerbCall, found: LeaderNews, since: int | None = None) -> Reply:
    """Return what the leader waits for, after a wait without news."""
    quest = found.quest
    again = _leader_command(call, quest, since)
    live = ", ".join(f"turn {turn.id} {turn.assignee} {turn.state}" for turn in found.live_turns[:_TURNS_SHOWN])
    more = f" and {len(found.live_turns) - _TURNS_SHOWN} more" if len(found.live_turns) > _TURNS_SHOWN else ""
    data = {
        "status": "timeout",
        "quest": quest.id,
        "turns": [{"turn": turn.id, "agent": turn.assignee, "state": turn.state} for turn in found.live_turns],
        "to_review": _to_review(found),
        "to_decide": [row.turn for row in found.questions],
        "for_a_person": found.for_a_person,
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

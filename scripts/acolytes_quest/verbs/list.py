"""The verb list: the quests, also those that have ended, chosen by what they are."""

from __future__ import annotations

from .. import checks
from ..board.rows import Quest
from ..call import Reply, VerbCall
from ..describe import age, quest_data
from ..framing import counted, quoted
from ..stores.sql import and_equal

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction

_SHOWN = 50


def run(call: VerbCall) -> Reply:
    """Show the newest quests that match every filter."""
    with call.board.read() as tx:
        rows = _matching(tx, call)
        now = tx.at
    shown = rows[: call.bound(_SHOWN)]
    left = len(rows) - len(shown)
    return Reply(
        {"quests": [quest_data(row) for row in shown]},
        *(_line(row, now) for row in shown),
        f"and {counted(left, 'older quest')}" if left else "",
        "" if rows else "no quest matches",
    )


def _matching(tx: Transaction, call: VerbCall) -> list[Quest]:
    options = call.options
    condition, values = and_equal({"q.status": options.status})
    if call.agent:
        condition += " AND EXISTS (SELECT 1 FROM member m WHERE m.quest = q.id AND m.agent = ?)"
        values.append(call.agent)
    if options.created is not None:
        moment, is_age = options.created
        condition += " AND q.created_at >= ?"
        values.append(tx.at - moment if is_age else moment)
    words = None
    if options.mission is not None:
        from ..board import search

        words = search.Words(checks.text(options.mission, "text"))
        more, likes = words.condition("q.mission")
        condition += more
        values.extend(likes)
    rows = tx.rows(Quest, f"SELECT * FROM quest q WHERE 1 = 1{condition} ORDER BY q.id DESC", *values)
    return [row for row in rows if words is None or words.match(row.mission)]


def _line(quest: Quest, now: float) -> str:
    if quest.finished_at is None:
        when = f"{quest.status}, created {age(now - quest.created_at)} ago"
    else:
        when = f"{quest.status} {age(now - quest.finished_at)} ago"
    summary = f"; {quoted(quest.summary, 60)}" if quest.summary else ""
    return f"quest {quest.id} {when}, led by {quest.leader}: {quoted(quest.mission, 80)}{summary}"

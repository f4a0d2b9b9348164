"""What a leader is told when its session starts again: after a restart, /clear, or the compaction of its memory."""

from __future__ import annotations

from ..board import decisions, news, quests, reviews
from ..board.rows import Quest
from ..framing import counted, quoted
from ..membership import cleared
from ..stores.sql import OPEN

TYPE_CHECKING = False  # `typing` itself would cost start-up time
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..stores.engine import Board, Transaction

_SHOWN = 5


def leading(board: Board, cwd: str, environ: Mapping[str, str], session: str, cleared_by: int | None) -> str | None:
    """Return a line for each open quest that `session` leads, and how to go on; None without one."""
    before = cleared(cwd, environ, cleared_by) if cleared_by is not None else None
    with board.read() as tx:
        led = _led(tx, session) + (_led(tx, before) if before else [])
        if not led:
            return None
    with board.write() as tx:
        news.forget(tx, session)
        if before:
            tx.run(
                f"UPDATE quest SET leader_session = ? WHERE leader_session = ? AND status IN {OPEN}", session, before
            )
            news.forget(tx, before)
        lines = [_line(tx, quest, session) for quest in _led(tx, session)[-_SHOWN:]]
    return "\n".join(
        [
            "You lead on the quest board (this session did before its last break):",
            *lines,
            "Run the command of each quest that has news. acolytes-quest status --quest N shows all turns.",
        ]
    )


def _led(tx: Transaction, session: str) -> list[Quest]:
    return tx.rows(Quest, f"SELECT * FROM quest WHERE leader_session = ? AND status IN {OPEN} ORDER BY id", session)


def _line(tx: Transaction, quest: Quest, session: str) -> str:
    live = ", ".join(
        f"turn {turn.id} {turn.assignee} {turn.state}" for turn in quests.live_turns(tx, quest.id)[:_SHOWN]
    )
    unread = len(news.unread(tx, quest, session))
    waiting = [f"{counted(unread, 'message')} to read"] if unread else []
    waiting += [
        f"turn {row.turn} waits for your verdict" for row in reviews.pending(tx, quest.id) if row.reviewer is None
    ]
    waiting += [f"turn {row.turn} ({row.kind}) waits for your reply" for row in decisions.needed(tx, quest.id)]
    command = f"acolytes-quest monitor --role leader --agent {quest.leader} --quest {quest.id}"
    return (
        f"- quest {quest.id} {quest.status}: {quoted(quest.mission, 80)}; {live or 'no turn is open'};"
        f" {', '.join(waiting[:_SHOWN]) or 'no news'}: {command}"
    )

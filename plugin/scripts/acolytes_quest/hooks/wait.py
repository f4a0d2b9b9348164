"""The idle wait: a worker that would end while its quest goes on waits in its hook, where waiting costs no model call.

After each wait the client must ask the model once, and it lets hooks keep an agent at most eight times in a row, unless
the agent uses a tool in between. So every fifth wait that brings nothing asks for one tool call.
"""

from __future__ import annotations

import argparse
import time

from ..board import identity, waiting
from ..board.quests import log
from ..call import Call
from ..framing import quoted
from ..settings import seconds
from ..verbs import monitor
from .rules import open_quests
from .switch import how_off

TYPE_CHECKING = False  # `typing` itself would cost start-up time
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..stores.engine import Board

WAIT_SECONDS = 280.0  # the model's cached prompt lives for 300
LONGEST_WAIT_SECONDS = 290.0  # the hook's own time-out, at which the client kills it, is 300
MOST_WAITS = 13  # an hour without work
TOOL_CALL_EVERY = 5

FULL_REPORT = "End with your full report again: only your last message is passed on."


def wait(board: Board, cwd: str, environ: Mapping[str, str], session: str) -> str | None:
    """Wait until there is work for `session`, take it, and return what to tell the agent; None when it may end.

    A session that is in no open quest may end at once, and any after an hour's waits in a row that brought nothing.
    """
    with board.read() as tx:
        joined = open_quests(tx, session)
        agent = identity.known(tx, session)
        waits = len(
            tx.all(
                "SELECT id FROM event WHERE session = ? AND kind = 'waited' AND id > COALESCE("
                "(SELECT MAX(id) FROM event WHERE session = ? AND kind = 'claimed'), 0)",
                *(session, session),
            )
        )
    if not joined or agent is None or waits >= MOST_WAITS:
        return None
    quest = joined[-1]["id"]
    narrowed = all(row["detail"] == "only" for row in joined)
    worker = waiting.Worker(board, agent=agent, session=session, quest=quest if narrowed else None)
    patience = min(seconds(environ, "ACOLYTES_QUEST_WAIT", WAIT_SECONDS), LONGEST_WAIT_SECONDS)
    found = waiting.despite_breaks(worker.wait, time.monotonic() + patience)
    if "turn" in found:
        return _handed_over(found["turn"], cwd, environ, session)
    if "ended" in found:
        return _ended(found["ended"], others=len(joined) > 1)
    with board.write() as tx:
        log(tx, "waited", quest, actor=agent, session=session)
    return _nothing(quest, agent, waits + 1)


def _handed_over(turn: dict[str, Any], cwd: str, environ: Mapping[str, str], session: str) -> str:
    call = Call(argparse.Namespace(session=session), cwd, environ, None)
    try:
        told = monitor.assigned(call, turn).text
    finally:
        call.board.close()
    return f"While you waited, this turn came, and it is yours now:\n{told}\n{FULL_REPORT} {how_off('idle-wait')}"


def _ended(quest: dict[str, Any], *, others: bool) -> str:
    told = f"Quest {quest['id']} is {quest['status']}: {quoted(quest['summary'] or '')}"
    return f"{told}. Another goes on: end your turn again to wait for it." if others else f"{told}. {FULL_REPORT}"


def _nothing(quest: int, agent: str, waits: int) -> str:
    """Return the one line that a wait for nothing costs; the model reads all of them each time, so it is short."""
    if waits >= MOST_WAITS:
        return f"Nothing has come for quest {quest} in a long time. {FULL_REPORT}"
    if waits % TOOL_CALL_EVERY == 0:
        look = f"acolytes-quest monitor --role worker --agent {agent} --timeout 0"
        return f"Nothing yet. Run `{look}` once, then end your turn again to go on waiting. {how_off('idle-wait')}"
    return "Nothing yet: end your turn again, with one word, to go on waiting (ACOLYTES_QUEST_OFF=idle-wait ends that)."

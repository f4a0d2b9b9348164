"""The idle wait: a subagent that would end while its quest is open waits in its hook, which needs no model call.

After each wait the client asks the model once. It lets hooks keep an agent at most eight times in a row, unless the
agent uses a tool in between. So every fifth wait without a result asks for one tool call.
"""

from __future__ import annotations

import argparse
import time

from ..assignment_reply import assignment_reply
from ..board import identity, quests, waiting
from ..board.quests import log
from ..call import VerbCall
from ..settings import seconds
from ..trees import tree_of
from . import push
from .rules import open_quests
from .switch import how_off

TYPE_CHECKING = False  # `typing` itself would cost start-up time
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..stores.engine import Board, Transaction

WAIT_SECONDS = 280.0  # the client's cache of the prompt lasts 300
LONGEST_WAIT_SECONDS = 290.0  # the client kills the hook after 300
MOST_WAITS = 13  # an hour without work
TOOL_CALL_EVERY = 5

FULL_REPORT = "End with your full report again: only your last message is passed on."


def wait(board: Board, cwd: str, environ: Mapping[str, str], session: str) -> str | None:
    """Wait until there is work for `session`, and take it; return the text for the agent, None when it may end.

    A session may end when none of its open quests may bring a turn for now, and after an hour of waits without a
    result. Then the client tells its caller that it has ended, and its last message is its report.
    """
    deadline = time.monotonic() + _patience(environ)
    while True:
        with board.read() as tx:
            joined = open_quests(tx, session)
            agent = identity.agent_of(tx, session)
            waits = _waits_in_a_row(tx, session)
            any_worker = identity.takes_any(tx, session)
        if not joined or agent is None or waits >= MOST_WAITS:
            return None
        quest = joined[-1].id
        keeps_to_one = all(row.detail == "only" for row in joined)
        worker = waiting.Worker(
            board,
            agent=agent,
            session=session,
            quest=quest if keeps_to_one else None,
            tree=tree_of(cwd, environ),
            any_worker=any_worker,
            may_leave=True,
        )
        result = waiting.despite_breaks(worker.wait, deadline)
        if isinstance(result, waiting.TurnTaken):
            return _turn_text(result, cwd, environ, session)
        if isinstance(result, waiting.NothingYet):
            if result.in_vain:
                return None
            with board.write() as tx:
                log(tx, "waited", quest, actor=agent, session=session)
            if waits + 1 >= MOST_WAITS:
                return f"No turn has come for quest {quest} in a long time. {FULL_REPORT}"
            look = f"acolytes-quest monitor --role worker --agent {agent} --timeout 0"
            return _nothing_text(look, waits + 1, "idle-wait")


def wait_as_leader(board: Board, cwd: str, environ: Mapping[str, str], session: str) -> str | None:
    """Wait for news of a quest that `session`, a subagent, leads; return the text for it, None when it may end.

    It may end when nothing can happen in its quests without it, and after an hour in which nothing happened.
    """
    patience, started = _patience(environ), time.monotonic()
    text = push.wait(board, cwd, environ, session, patience)
    if text or time.monotonic() - started < patience:
        return text
    with board.write() as tx:
        led = quests.led_by(tx, session)
        waits = _waits_without_event(tx, led[-1].id, session) if led else MOST_WAITS
        if waits >= MOST_WAITS:
            return None
        log(tx, "waited", led[-1].id, actor=led[-1].leader, session=session)
    return _nothing_text(f"acolytes-quest status --quest {led[-1].id}", waits + 1, "wake-leader")


def _patience(environ: Mapping[str, str]) -> float:
    return min(seconds(environ, "ACOLYTES_QUEST_WAIT", WAIT_SECONDS), LONGEST_WAIT_SECONDS)


def _waits_in_a_row(tx: Transaction, session: str) -> int:
    """Return how often the session has waited without a result since it took its last turn."""
    sql = (
        "SELECT id FROM event WHERE session = ? AND kind = 'waited' AND id > COALESCE("
        "(SELECT MAX(id) FROM event WHERE session = ? AND kind = 'claimed'), 0)"
    )
    return len(tx.column(int, sql, session, session))


def _waits_without_event(tx: Transaction, quest: int, session: str) -> int:
    """Return how often the leader has waited since something else happened in the quest."""
    sql = (
        "SELECT id FROM event WHERE session = ? AND quest = ? AND kind = 'waited' AND id > COALESCE("
        "(SELECT MAX(id) FROM event WHERE quest = ? AND kind <> 'waited'), 0)"
    )
    return len(tx.column(int, sql, session, quest, quest))


def _turn_text(taken: waiting.TurnTaken, cwd: str, environ: Mapping[str, str], session: str) -> str:
    call = VerbCall(argparse.Namespace(session=session), cwd, environ, None)
    try:
        text = assignment_reply(call, taken).text
    finally:
        call.board.close()
    return f"While you waited, this turn came, and it is yours now:\n{text}\n{FULL_REPORT} {how_off('idle-wait')}"


def _nothing_text(look: str, waits: int, rule: str) -> str:
    """Return the text after a wait without a result. The model reads all of them each time, so it is short."""
    if waits % TOOL_CALL_EVERY == 0:
        return f"Nothing yet. Run `{look}` once, then end your turn again to go on waiting. {how_off(rule)}"
    return f"Nothing yet: end your turn again, with one word, to go on waiting (ACOLYTES_QUEST_OFF={rule} stops this)."

#!/usr/bin/env python3
"""SubagentStop (``Stop`` in an agent's frontmatter): an agent that holds a turn answers it before it ends.

A worker without a turn waits here for its next one, for minutes, without a call of the model. The declaration of this
hook says how long the client lets it wait.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hook_io

TYPE_CHECKING = False  # as in hook_io
if TYPE_CHECKING:
    from typing import Any

MOST_BLOCKS = 5  # the client itself ends the agent after 8


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Block the end of an agent that holds a turn, at most five times; of a waiting worker, when there is news.

    After the last block the turn goes back to the queue.
    """
    caller = hook_io.session(event)
    # An empty type is the client's own compaction; no id is the main agent.
    board = hook_io.board() if caller and hook_io.agent_type(event) else None
    if not board:
        return None
    cwd = str(event.get("cwd") or ".")
    held = board.keep(cwd, os.environ, caller, MOST_BLOCKS)
    reason = None
    if held is None:
        if board.is_idle(cwd, os.environ, caller):
            hook_io.end_with_the_client()
            reason = board.wait_for_work(cwd, os.environ, caller)
        elif board.leads(cwd, os.environ, caller):
            hook_io.end_with_the_client()
            reason = board.wait_as_leader(cwd, os.environ, caller)
    elif not held.released:  # a released turn is in the queue again, and the agent may end
        reason = f"{_answer_first(held)} {board.how_off('keep-working')}"
    return {"decision": "block", "reason": reason} if reason else None


def _answer_first(held: Any) -> str:
    return (
        f"You hold turn {held.turn} of quest {held.quest}. Answer it first: "
        f"acolytes-quest respond --quest {held.quest} --msg 'Completed: what you did' "
        "(or 'CLARIFICATION: ...', 'BLOCKED: ...'). Then give your full report again: "
        "the agent that called you gets only your last message."
    )


if __name__ == "__main__":
    hook_io.run(handle)

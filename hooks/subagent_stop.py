#!/usr/bin/env python3
"""SubagentStop (``Stop`` in an agent's frontmatter): who holds a turn answers it first, who has none waits for one.

The wait takes minutes and no model call; the entry that registers this hook says how long it may take.
"""

from __future__ import annotations

import os
import sys
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hook_io

MOST_TIMES = 5  # the client itself ends the agent after 8


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Block the end at most five times in a turn, then let the turn go back; without one, until there is news."""
    caller = hook_io.session(event)
    # An empty type is the client's own compaction; no id is the main agent.
    board = hook_io.board() if caller and hook_io.agent_type(event) else None
    if not board:
        return None
    cwd = str(event.get("cwd") or ".")
    held = board.keep(cwd, os.environ, caller, MOST_TIMES)
    reason = None
    if held is None:
        if board.is_idle(cwd, os.environ, caller):
            _end_with_the_client()
            reason = board.wait_for_work(cwd, os.environ, caller)
    elif not held.released:  # else it has gone back to the queue: the agent may end
        reason = f"{_answer_first(held)} {board.how_off('keep-working')}"
    return {"decision": "block", "reason": reason} if reason else None


def _answer_first(held: Any) -> str:
    return (
        f"You hold turn {held.turn} of quest {held.quest}: answer it first with "
        f"acolytes-quest respond --quest {held.quest} --msg 'Completed: what you did' "
        "(or 'CLARIFICATION: ...', 'BLOCKED: ...'). Then end with your full report again: "
        "only your last message is passed on."
    )


def _end_with_the_client() -> None:
    """From now on end this process when the client does, or gives the hook up: nobody would hear its answer."""
    import select
    import threading

    parent = os.getppid()
    output = select.poll()
    output.register(1, 0)  # errors only: whoever would read the answer has gone

    def watch() -> None:
        while os.getppid() == parent and not output.poll(1000):
            pass
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    hook_io.run(handle)

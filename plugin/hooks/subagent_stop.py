#!/usr/bin/env python3
"""SubagentStop (``Stop`` in an agent's frontmatter): a worker that holds a turn is told to answer it before it ends."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hook_io

MOST_TIMES = 5  # the client itself ends the turn after 8


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Block the end at most five times in a turn; then the turn goes back to the queue for another worker."""
    caller = hook_io.session(event)
    # An empty type is the client's own compaction; no id is the main agent.
    board = hook_io.board() if caller and hook_io.agent_type(event) else None
    held = board.keep(str(event.get("cwd") or "."), os.environ, caller, MOST_TIMES) if board else None
    if not held:
        return None
    return {
        "decision": "block",
        "reason": (
            f"You hold turn {held['turn']} of quest {held['quest']}: answer it first with "
            f"acolytes-quest respond --quest {held['quest']} --msg 'Completed: what you did' "
            "(or 'CLARIFICATION: ...', 'BLOCKED: ...'). Then end with your full report again: "
            "only your last message is passed on."
        ),
    }


if __name__ == "__main__":
    hook_io.run(handle)

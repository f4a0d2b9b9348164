#!/usr/bin/env python3
"""PostToolUse: renew the lease of the agent's turn, record the file that it wrote, and show it the notes to it."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hook_io


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Renew a lease that is over a minute old; for an agent outside any quest this only looks for a board."""
    caller = hook_io.session(event)
    board = hook_io.board() if caller else None
    if board:
        cwd = str(event.get("cwd") or ".")
        path = hook_io.edited_file(event)
        with board.OneOpening():
            board.renew(cwd, os.environ, caller)
            if path:
                board.record_file(cwd, os.environ, caller, path)
            text = board.reach(cwd, os.environ, caller)
        if text:
            return {"hookSpecificOutput": {"hookEventName": "PostToolUse", "additionalContext": text}}
    return None


if __name__ == "__main__":
    hook_io.run(handle)

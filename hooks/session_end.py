#!/usr/bin/env python3
"""SessionEnd: the session's agents end with it, so the turns that they hold go back to the queue."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hook_io


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Give back the turns of this session's agents; for a session outside any quest this only looks for a board.

    After ``/clear`` the same client goes on with a new session, which then leads what this one led.
    """
    client = hook_io.client_session(event)
    board = hook_io.board() if client else None
    if board:
        cwd = str(event.get("cwd") or ".")
        board.give_back(cwd, os.environ, client)
        if event.get("reason") == "clear":
            board.note_cleared(cwd, os.environ, client, hook_io.client_process())
    return None


if __name__ == "__main__":
    hook_io.run(handle)

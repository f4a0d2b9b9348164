#!/usr/bin/env python3
"""SessionEnd: the client's agents end with it, so the turns that they hold go back for others to take."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hook_io


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Give back what the agents of this session hold; a session that entered no quest costs one look for a board."""
    client = hook_io.client_session(event)
    board = hook_io.board() if client else None
    if board:
        board.give_back(str(event.get("cwd") or "."), os.environ, client)
    return None


if __name__ == "__main__":
    hook_io.run(handle)

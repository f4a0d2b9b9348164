#!/usr/bin/env python3
"""PostToolUse: renew the lease of the turn that the agent holds, for no process does while the model works."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hook_io


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Renew when the last renewal is over a minute old; an agent that entered no quest costs one look for a board."""
    caller = hook_io.session(event)
    board = hook_io.board() if caller else None
    if board:
        board.renew(str(event.get("cwd") or "."), os.environ, caller)
    return None


if __name__ == "__main__":
    hook_io.run(handle)

#!/usr/bin/env python3
"""Stop of the main agent: if it leads a quest, wait beside the client, and wake the agent when there is news.

The client runs this hook in the background (``asyncRewake``). So the user can go on, and no model call is needed.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hook_io

PATIENCE_SECONDS = 86_000.0  # the declaration of this hook lets it wait for a day


def handle(event: hook_io.Event) -> hook_io.Wake | None:
    """Wait for news of the quests that this session leads; for a session without one this only looks for a board."""
    client = hook_io.client_session(event)
    board = hook_io.board() if client and not event.get("agent_id") else None
    if not board or not board.leads(str(event.get("cwd") or "."), os.environ, client):
        return None
    hook_io.end_with_the_client()
    text = board.wait_for_news(str(event.get("cwd") or "."), os.environ, client, PATIENCE_SECONDS)
    return hook_io.Wake(text) if text else None


if __name__ == "__main__":
    hook_io.run(handle)

#!/usr/bin/env python3
"""SessionStart: prepare the Bash calls of this session, and tell a leader its open quests after a break.

``session_start.py [BIN]``: BIN is the folder of the launchers, which comes onto PATH.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hook_io


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Write to ``$CLAUDE_ENV_FILE``; answer with the quests that this session leads, if there are any."""
    _prepare_calls()
    client = hook_io.client_session(event)
    # a session that has just begun ("startup") leads nothing yet
    board = hook_io.board() if client and event.get("source") in ("resume", "clear", "compact") else None
    if not board:
        return None
    cleared = event.get("source") == "clear"
    text = board.resume_leading(
        str(event.get("cwd") or "."), os.environ, client, hook_io.client_process() if cleared else None
    )
    if not text:
        return None
    return {"hookSpecificOutput": {"hookEventName": "SessionStart", "additionalContext": text}}


def _prepare_calls() -> None:
    """Put our commands on PATH, and say which client the calls belong to. Resume and clear run this hook again."""
    import shlex

    env_file = os.environ.get("CLAUDE_ENV_FILE")
    if not env_file:
        return
    lines = []
    if len(sys.argv) > 1 and os.path.isdir(sys.argv[1]):
        # Last on PATH: a command of the same name that the user has comes first.
        lines.append(f'export PATH="$PATH":{shlex.quote(sys.argv[1])}\n')
    process = hook_io.client_identity()
    if process:
        lines.append(f"export ACOLYTES_CLIENT={process}\n")
    with open(env_file, "a+", encoding="utf-8") as stream:
        stream.seek(0)
        existing = stream.read()
        stream.write("".join(line for line in lines if line not in existing))


if __name__ == "__main__":
    hook_io.run(handle)

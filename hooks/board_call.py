#!/usr/bin/env python3
"""PreToolUse of Bash, for every agent and the main one: allow one plain call of the quest board's commands.

Whoever installed the hooks has said yes to that. The client starts this hook only for calls of ``acolytes-quest``.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generated
import hook_io


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Allow a plain call of a quest command. Our own agents have a hook of their own, which also allows calculators."""
    if event.get("tool_name") != "Bash" or hook_io.agent_type(event) in generated.OUR_AGENTS:
        return None
    import plain_calls

    tool_input = event.get("tool_input") or {}
    return plain_calls.allow(tool_input, str(event.get("cwd") or "."), hook_io.session(event), quests_only=True)


if __name__ == "__main__":
    hook_io.run(handle)

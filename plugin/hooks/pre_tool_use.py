#!/usr/bin/env python3
"""PreToolUse: let our agents run the product's own simple commands unasked, and say who is calling.

A subagent's Bash knows the client's session but not the agent, so a quest call gets ``--as <agent_id>`` appended. The
lease of a turn that the agent holds is renewed first, for the tool may take long.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hook_io

# What the client's Bash tool may carry here; a call that asks for more (no sandbox, background) is the user's to allow.
_USUAL_INPUT = {"command", "description", "timeout"}


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Allow exactly one plain call of ours; about everything else say nothing."""
    if hook_io.agent_type(event) not in hook_io.OUR_AGENTS:
        return None
    caller = hook_io.session(event)
    tool_input = event.get("tool_input") or {}
    answer = None
    if event.get("tool_name") == "Bash" and set(tool_input) <= _USUAL_INPUT:
        answer = _allow(tool_input, str(event.get("cwd") or "."), caller)
    if caller and answer is None:  # the board's own commands renew for themselves
        board = hook_io.board()
        if board:
            board.renew(str(event.get("cwd") or "."), os.environ, caller)
    return answer


def _allow(tool_input: dict[str, object], cwd: str, caller: str) -> hook_io.Answer:
    import simple_call

    command = str(tool_input.get("command") or "").strip(" ")
    call = simple_call.parse(command, cwd, hook_io.quest_scripts())
    if call is None:
        return None
    if call.quest and caller:
        named = [word for word in call.arguments if word.partition("=")[0] == "--as"]
        if not named:
            command = f"{command} --as {caller}"
        elif named != ["--as"] or call.arguments[call.arguments.index("--as") + 1 :][:1] != [caller]:
            return None  # nobody speaks for somebody else unasked
    return {
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "allow",
            "permissionDecisionReason": "one plain call of Acolytes' own commands",
            "updatedInput": {**tool_input, "command": command},
        }
    }


if __name__ == "__main__":
    hook_io.run(handle)

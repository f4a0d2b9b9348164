#!/usr/bin/env python3
"""PreToolUse: let our agents run the product's own simple commands unasked, and say who is calling.

A subagent's Bash knows the client's session but not the agent, so a quest call gets ``--as <agent_id>`` appended. The
lease of a turn that the agent holds is renewed first, for as long as the tool may take. A worker of a quest is kept
from editing what another has reserved, from editing out of turn, and from calling other agents.
"""

from __future__ import annotations

import os
import sys
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generated
import hook_io

# What the client's Bash tool may carry here; a call that asks for more (no sandbox, background) is the user's to allow.
_USUAL_INPUT = {"command", "description", "timeout"}


# How long the client lets a Bash command run in the foreground, in milliseconds, unless its settings say otherwise.
_BASH_USUAL, _BASH_MOST = 120_000.0, 600_000.0


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Allow exactly one plain call of ours, deny what the agent's quest forbids; about everything else say nothing."""
    caller = hook_io.session(event)
    cwd = str(event.get("cwd") or ".")
    objection = _at_the_board(event, cwd, caller) if caller else None
    if objection:
        return _decision("deny", objection)
    tool_input = event.get("tool_input") or {}
    ours = hook_io.agent_type(event) in generated.OUR_AGENTS
    if ours and event.get("tool_name") == "Bash" and set(tool_input) <= _USUAL_INPUT:
        return _allow(tool_input, cwd, caller)
    return None


def _at_the_board(event: hook_io.Event, cwd: str, caller: str) -> str | None:
    """Return why the agent's quest forbids the call; where it does not, renew the lease for it."""
    found: str | None = None
    try:
        board = hook_io.board()
        path = hook_io.edited_file(event)
        if board and path:
            found = board.objection_to_edit(cwd, os.environ, caller, path)
        elif board and event.get("tool_name") in hook_io.AGENT_CALLS:
            found = board.objection_to_call(cwd, os.environ, caller)
        if board and not found:
            board.renew(cwd, os.environ, caller, _bash_seconds(event))
    except Exception:
        return None  # a broken board must not cost the agent its commands
    return found


def _bash_seconds(event: hook_io.Event) -> float:
    """How long the command may run; 0.0 for other tools, of which nobody knows it."""
    if event.get("tool_name") != "Bash":
        return 0.0
    asked = (event.get("tool_input") or {}).get("timeout") or os.environ.get("BASH_DEFAULT_TIMEOUT_MS")
    return min(_positive(asked, _BASH_USUAL), _positive(os.environ.get("BASH_MAX_TIMEOUT_MS"), _BASH_MOST)) / 1000


def _positive(given: Any, usual: float) -> float:
    try:
        number = float(given)
    except (TypeError, ValueError):
        return usual
    return number if 0 < number < 1e9 else usual


def _allow(tool_input: dict[str, object], cwd: str, caller: str) -> hook_io.Answer:
    import simple_call

    command = str(tool_input.get("command") or "").strip(" ")
    call = simple_call.parse(command, cwd, hook_io.quest_scripts())
    if call is None:
        return None
    if call.is_quest and caller:
        named = [word for word in call.arguments if word.partition("=")[0] == "--as"]
        if not named:
            command = f"{command} --as {caller}"
        elif named != ["--as"] or call.arguments[call.arguments.index("--as") + 1 :][:1] != [caller]:
            return None  # nobody speaks for somebody else unasked
    return _decision("allow", "one plain call of Acolytes' own commands", {**tool_input, "command": command})


def _decision(decision: str, reason: str, updated_input: dict[str, object] | None = None) -> dict[str, Any]:
    specific: dict[str, Any] = {
        "hookEventName": "PreToolUse",
        "permissionDecision": decision,
        "permissionDecisionReason": reason,
    }
    if updated_input is not None:
        specific["updatedInput"] = updated_input
    return {"hookSpecificOutput": specific}


if __name__ == "__main__":
    hook_io.run(handle)

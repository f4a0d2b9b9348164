#!/usr/bin/env python3
"""PreToolUse: allow our agents the simple commands of the product, and add to a quest command who calls.

A subagent's Bash knows the client's session but not the agent, so a quest command gets ``--as <agent_id>`` appended.
The lease of a turn that the agent holds is renewed first, for as long as the tool may take. A worker of a quest is kept
from editing what another has reserved, from editing out of turn, and from calling other agents.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generated
import hook_io

TYPE_CHECKING = False  # as in hook_io
if TYPE_CHECKING:
    from typing import Any

# How long the client lets a Bash command run in the foreground, in milliseconds, unless its settings say otherwise.
_BASH_USUAL, _BASH_MOST = 120_000.0, 600_000.0


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Allow one plain call of our commands, deny what the agent's quest forbids, and leave the rest to the client.

    A call of our commands that is not plain is left to the client, too, with a line that says why.
    """
    caller = hook_io.session(event)
    cwd = str(event.get("cwd") or ".")
    objection = _at_the_board(event, cwd, caller) if caller else None
    is_ours = hook_io.agent_type(event) in generated.OUR_AGENTS
    if not objection and not (is_ours and event.get("tool_name") == "Bash"):
        return None
    import plain_calls

    if objection:
        return plain_calls.decision("deny", objection)
    return plain_calls.allow(event.get("tool_input") or {}, cwd, caller)


def _at_the_board(event: hook_io.Event, cwd: str, caller: str) -> str | None:
    """Return why the agent's quest forbids the call; renew the lease for a call that it does not forbid."""
    objection: str | None = None
    try:
        board = hook_io.board()
        if not board:
            return None
        path = hook_io.edited_file(event)
        with board.OneOpening():
            if path:
                objection = board.objection_to_edit(cwd, os.environ, caller, path)
            elif event.get("tool_name") in hook_io.AGENT_CALLS:
                objection = board.objection_to_call(cwd, os.environ, caller)
            if not objection:
                board.renew(cwd, os.environ, caller, _bash_seconds(event))
    except Exception:
        return None  # a broken board must not cost the agent its commands
    return objection


def _bash_seconds(event: hook_io.Event) -> float:
    """How many seconds the command may run; 0.0 for other tools, which have no such limit."""
    if event.get("tool_name") != "Bash":
        return 0.0
    limit = (event.get("tool_input") or {}).get("timeout") or os.environ.get("BASH_DEFAULT_TIMEOUT_MS")
    return min(_positive(limit, _BASH_USUAL), _positive(os.environ.get("BASH_MAX_TIMEOUT_MS"), _BASH_MOST)) / 1000


def _positive(value: Any, default: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return default
    return number if 0 < number < 1e9 else default


if __name__ == "__main__":
    hook_io.run(handle)

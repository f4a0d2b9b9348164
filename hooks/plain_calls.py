"""Allow one plain call of our commands, and add to a quest command who calls."""

from __future__ import annotations

import hook_io

TYPE_CHECKING = False  # as in hook_io
if TYPE_CHECKING:
    from typing import Any

# The input of the client's Bash tool that is allowed here. Any other (no sandbox) is for the user to allow.
_USUAL_INPUT = {"command", "description", "timeout", "run_in_background"}


def allow(tool_input: dict[str, object], cwd: str, caller: str, *, quests_only: bool = False) -> hook_io.Answer:
    """Allow the call if it is plain. No decision is left to the client, with a line that says why.

    ``quests_only``: calls of the calculators are left to the client. In the background only a monitor is of use.
    """
    import simple_call

    if not set(tool_input) <= _USUAL_INPUT:
        return None
    command = str(tool_input.get("command") or "").strip(" ")
    try:
        call = simple_call.parse(command, cwd, hook_io.quest_scripts())
        if call is None or (quests_only and not call.is_quest):
            return None
        if tool_input.get("run_in_background") and not (call.is_quest and call.arguments[:1] == ["monitor"]):
            return None
        if call.is_quest:
            command = _with_caller(command, call.arguments, caller)
    except simple_call.NotAllowedError as reason:
        # no decision: the user's own rules may allow the call
        context = f"Acolytes does not allow this call without the user: {reason}."
        return {"hookSpecificOutput": {"hookEventName": "PreToolUse", "additionalContext": context}}
    return decision("allow", "one plain call of a command of Acolytes", {**tool_input, "command": command})


def _with_caller(command: str, arguments: list[str], caller: str) -> str:
    """The quest command with who calls; the main agent, without a name, stays without one.

    Raises:
        NotAllowedError: it is in the name of another agent.
    """
    import simple_call

    identities = [word for word in arguments if word.partition("=")[0] == "--as"]
    if not identities:
        return f"{command} --as {caller}" if caller else command
    if identities != ["--as"] or arguments[arguments.index("--as") + 1 :][:1] != [caller]:
        raise simple_call.NotAllowedError("--as names another agent")
    return command


def decision(decision: str, reason: str, updated_input: dict[str, object] | None = None) -> dict[str, Any]:
    """The answer that decides on a call, with what the client should call instead of it."""
    specific: dict[str, Any] = {
        "hookEventName": "PreToolUse",
        "permissionDecision": decision,
        "permissionDecisionReason": reason,
    }
    if updated_input is not None:
        specific["updatedInput"] = updated_input
    return {"hookSpecificOutput": specific}

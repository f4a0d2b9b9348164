"""Events as the client 2.1.330 sends them to hooks: the doctor runs our hooks with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SESSION = "00000000-0000-4000-8000-000000000000"


def trial_event(event: str, agent: str, cwd: Path) -> dict[str, Any] | None:
    """What the client would send to a hook; None for an event that we do not use.

    Args:
        event: The event as it is registered; ``Stop`` in a definition's frontmatter is sent as SubagentStop.
        agent: The name of the subagent.
        cwd: The folder in which the client would run.
    """
    specific = _SPECIFIC.get("SubagentStop" if event == "Stop" else event)
    if specific is None:
        return None
    common = {
        "session_id": SESSION,
        "transcript_path": str(cwd / "transcript.jsonl"),
        "cwd": str(cwd),
        "hook_event_name": "SubagentStop" if event == "Stop" else event,
    }
    is_of_session = event in ("SessionStart", "SessionEnd")
    subagent = {} if is_of_session else {"prompt_id": SESSION, "agent_id": "doctor", "agent_type": agent}
    return {**common, **subagent, **specific}


_TURN = {"permission_mode": "default", "effort": {"level": "high"}}
_BASH = {
    **_TURN,
    "tool_name": "Bash",
    "tool_input": {"command": "acolytes-perf --help", "description": "doctor"},
    "tool_use_id": "toolu_doctor",
}
_SPECIFIC: dict[str, dict[str, Any]] = {
    "SessionStart": {"source": "startup"},
    "SessionEnd": {"prompt_id": SESSION, "reason": "other"},
    "SubagentStart": {},
    "PreToolUse": _BASH,
    "PostToolUse": {
        **_BASH,
        "tool_response": {
            "stdout": "",
            "stderr": "",
            "interrupted": False,
            "isImage": False,
            "noOutputExpected": False,
        },
        "duration_ms": 20,
    },
    "SubagentStop": {
        **_TURN,
        "stop_hook_active": False,
        "agent_transcript_path": "agent.jsonl",
        "last_assistant_message": "done",
        "background_tasks": [],
        "session_crons": [],
    },
}

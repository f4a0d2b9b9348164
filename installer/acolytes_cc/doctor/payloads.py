"""Hook events as the client sends them (2.1.330): what our registered hooks are tried with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SESSION = "00000000-0000-4000-8000-000000000000"


def payload(event: str, agent: str, cwd: Path) -> dict[str, Any] | None:
    """What the client would send for ``event`` of a subagent ``agent`` in ``cwd``; None for an event we do not use.

    ``Stop`` in a definition's frontmatter is sent as SubagentStop.
    """
    own = _OWN.get("SubagentStop" if event == "Stop" else event)
    if own is None:
        return None
    common = {
        "session_id": SESSION,
        "transcript_path": str(cwd / "transcript.jsonl"),
        "cwd": str(cwd),
        "hook_event_name": "SubagentStop" if event == "Stop" else event,
    }
    of_main = event in ("SessionStart", "SessionEnd")
    subagent = {} if of_main else {"prompt_id": SESSION, "agent_id": "doctor", "agent_type": agent}
    return {**common, **subagent, **own}


_TURN = {"permission_mode": "default", "effort": {"level": "high"}}
_BASH = {
    **_TURN,
    "tool_name": "Bash",
    "tool_input": {"command": "acolytes-perf --help", "description": "doctor"},
    "tool_use_id": "toolu_doctor",
}
_OWN: dict[str, dict[str, Any]] = {
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

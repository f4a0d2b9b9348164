"""A hook of the user that records the calls of Read: it shows in which permission mode an agent works."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_LOG = "tool-calls.log"


def log_tool_calls(home: Path) -> None:
    """Register the hook in the user's settings."""
    command = {"type": "command", "command": f'cat >> "$HOME/{_LOG}"'}
    settings = {"hooks": {"PreToolUse": [{"matcher": "Read", "hooks": [command]}]}}
    (home / ".claude").mkdir(exist_ok=True)
    (home / ".claude" / "settings.json").write_text(json.dumps(settings))


def logged_events(home: Path) -> Iterator[dict[str, Any]]:
    """The events that the hook got, oldest first."""
    log = home / _LOG
    text = log.read_text("utf-8") if log.exists() else ""
    at = 0
    while at < len(text):
        event, end = json.JSONDecoder().raw_decode(text, at)
        yield event
        at = end + len(text[end:]) - len(text[end:].lstrip())

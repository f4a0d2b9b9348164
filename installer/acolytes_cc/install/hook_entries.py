"""The hook entries that go into the client's settings file: those that an agent's frontmatter cannot carry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from acolytes_cc.install.settings import Entry

# A missing interpreter or script must be exit 0: Python itself exits 2 for a missing script, and 2 blocks the tool.
GUARD = '[ -x "$0" ] && [ -f "$1" ] || exit 0; exec "$0" -I -S "$@"'

# Matchers are regular expressions; in a plugin the agents' names carry its prefix.
OUR_AGENTS = r"^(acolytes:)?(coordinator|ops)\.performance$"


def settings_entries(interpreter: Path, hooks: Path, launchers: Path) -> list[Entry]:
    """SessionStart and SubagentStart: neither can stand in an agent's frontmatter.

    ``interpreter``, ``hooks`` (the folder of the hook scripts) and ``launchers`` (what goes on PATH) are absolute.
    """
    return [
        ("SessionStart", {"hooks": [_command(interpreter, hooks / "session_start.py", launchers)]}),
        ("SubagentStart", {"matcher": OUR_AGENTS, "hooks": [_command(interpreter, hooks / "subagent_start.py")]}),
    ]


def _command(interpreter: Path, script: Path, *arguments: Path) -> dict[str, Any]:
    words = [str(word) for word in (interpreter, script, *arguments)]
    return {"type": "command", "command": "/bin/sh", "args": ["-c", GUARD, *words]}

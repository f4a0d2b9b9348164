"""The hook entries that go into the client's settings file: those that an agent's frontmatter cannot carry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from acolytes_cc.install.manifest import SettingsEntry

# A missing interpreter or script must be exit 0: Python itself exits 2 for a missing script, and 2 blocks the tool.
GUARD = '[ -x "$0" ] && [ -f "$1" ] || exit 0; exec "$0" -I -S "$@"'


def settings_entries(interpreter: Path, hooks: Path, launchers: Path) -> list[SettingsEntry]:
    """SessionStart, SubagentStart and SessionEnd: none of them can stand in an agent's frontmatter.

    SubagentStart has no matcher, for any agent can be a member of a quest. The client gives SessionEnd 1.5 s.
    ``interpreter``, ``hooks`` (the folder of the hook scripts) and ``launchers`` (what goes on PATH) are absolute.
    """
    return [
        SettingsEntry("SessionStart", {"hooks": [_command(interpreter, hooks / "session_start.py", launchers)]}),
        SettingsEntry("SubagentStart", {"hooks": [_command(interpreter, hooks / "subagent_start.py")]}),
        SettingsEntry("SessionEnd", {"hooks": [_command(interpreter, hooks / "session_end.py")]}),
    ]


def has_hooks(answers: dict[str, Any]) -> bool:
    """Whether the user wants hooks at all, by the answers of an installation."""
    return answers.get("hooks") is not False


def _command(interpreter: Path, script: Path, *arguments: Path) -> dict[str, Any]:
    words = [str(word) for word in (interpreter, script, *arguments)]
    return {"type": "command", "command": "/bin/sh", "args": ["-c", GUARD, *words]}

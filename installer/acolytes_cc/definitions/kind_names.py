"""The names of the kinds of files. Imports nothing of ours: every call of lint for help loads it."""

from __future__ import annotations

from typing import Literal

NamedKind = Literal[
    "agent",
    "plugin-agent",
    "skill",
    "command",
    "rule",
    "memory",
    "output-style",
    "settings",
    "hooks",
    "plugin",
    "marketplace",
    "mcp",
    "keybindings",
]
"""What a user can say that a file is."""
Kind = Literal[NamedKind, "misplaced"]
"""What a file is: ``misplaced`` is what the client does not read because of its place or name."""

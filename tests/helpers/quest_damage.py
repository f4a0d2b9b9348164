"""What is called on a board with a damaged text, in a file and on a server."""

from __future__ import annotations

MARK = "\ufffd"
READING: tuple[tuple[str | int, ...], ...] = (
    ("status",),
    ("status", "--quest", 1),
    ("conversation", "--quest", 1),
    ("export", "--quest", 1),
    ("log", "--quest", 1),
    ("list",),
    ("ready",),
    ("watch", "--once"),
    ("search", "--text", "say"),
)
WRITING: tuple[tuple[str | int, ...], ...] = (
    ("create", "--mission", "m", "--agents", "w1"),
    ("message", "--quest", 1, "--to", "w1", "--msg", "x"),
    ("message", "--quest", 1, "--to", "all", "--msg", "x"),
    ("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0),
    ("respond", "--quest", 1, "--msg", "Completed: x", "--turn", 1),
    ("monitor", "--role", "leader", "--timeout", 0),
    ("redact", "--quest", 1, "--seq", 1, "--reason", "r"),
    ("complete", "--quest", 1, "--summary", "s"),
)

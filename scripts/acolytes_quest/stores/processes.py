"""Whether a process of this machine still runs.

A process is known by its number, by when it started, because numbers are used again, and by its namespace: a command in
a sandbox sees other numbers than the client that started it.
"""

from __future__ import annotations

import os

# The client that a command belongs to, as `NUMBER:START:NAMESPACE`. The hook at the start of a session sets it.
CLIENT_VARIABLE = "ACOLYTES_CLIENT"


def identity(number: int) -> str:
    """Return the process as the variable names it; empty where that cannot be found out (it needs /proc)."""
    start = _start_of(number)
    return f"{number}:{start}:{_namespace()}" if start else ""


def parsed(text: str) -> tuple[int, str] | None:
    """Return the number of the process that the variable names, and the rest; None for anything else."""
    parts = text.split(":")
    is_valid = len(parts) == 3 and all(part.isascii() and part.isdigit() and len(part) < 20 for part in parts)
    return (int(parts[0]), ":".join(parts[1:])) if is_valid else None


def is_gone(number: int, rest: str) -> bool:
    """Whether the process has ended. False where that cannot be found out from here."""
    start, _, namespace = rest.partition(":")
    return namespace == _namespace() != "" and _start_of(number) != start


def _start_of(number: int) -> str:
    """Return when a process started, in ticks since boot; empty for one that has ended."""
    try:
        with open(f"/proc/{number}/stat", "rb") as file:
            # The name of the program comes second, in brackets, and may hold anything.
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return ""
    return fields[19].decode() if len(fields) > 19 and fields[0] != b"Z" else ""


def _namespace() -> str:
    try:
        return os.readlink("/proc/self/ns/pid").strip("pid:[]")
    except OSError:
        return ""

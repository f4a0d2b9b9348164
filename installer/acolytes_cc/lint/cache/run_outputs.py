"""Keeps the whole output of a run, so that the same call prints it again without a library being imported.

Editors and commit hooks make the same call again and again. A run may depend on more than its files: on skills, MCP
servers and a repository around them. The entry lists these paths, and is used only if all of them look the same.
"""

from __future__ import annotations

import os
import sys

from acolytes_cc.lint.cache.keys import surroundings_state
from acolytes_cc.lint.cache.store import Cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from acolytes_cc.lint.context.surroundings import Surroundings

# More would take longer to compare than they save
_MAX_PATHS = 5_000
_PART_BYTES = 1_000_000


class RunOutput:
    """What a run printed, in parts, and its exit code."""

    __slots__ = ("exit_code", "parts")

    def __init__(self, exit_code: int, parts: list[bytes] | list[memoryview]) -> None:
        self.exit_code = exit_code
        self.parts = parts

    def print(self) -> bool:
        """Print it; return False if that is not possible, which the ordinary way can explain better."""
        try:
            sys.stdout.buffer.writelines(self.parts)
            sys.stdout.flush()
        except OSError:
            return False
        return True


def load_output(cache: Cache, key: bytes) -> RunOutput | None:
    """Return the output that is kept under ``key``; None if there is none or the surroundings changed."""
    with cache:
        parts = cache.get(key)
    try:
        return _parsed(*parts) if parts else None
    except (ValueError, OSError):
        return None


def save_output(cache: Cache, key: bytes, exit_code: int, text: bytes, surroundings: Surroundings) -> None:
    """Keep the output of a run, unless something around it changed just now."""
    seen, read = sorted(surroundings.seen), sorted(surroundings.read_paths)
    if len(seen) + len(read) > _MAX_PATHS or any("\0" in path for path in (*seen, *read)):
        return
    try:
        state = surroundings_state(seen, read).hex()
        paths = [os.fsencode(path) for path in (*seen, *read)]
    except ValueError:  # one is too young, or no file can have its name
        return
    head = b"\0".join([f"{exit_code} {len(seen)} {state}".encode(), *paths])
    view = memoryview(text)
    with cache:
        cache.put(key, head, *(view[start : start + _PART_BYTES] for start in range(0, len(text), _PART_BYTES)))


def _parsed(head: bytes, *text: bytes) -> RunOutput | None:
    summary, *paths = head.split(b"\0")
    exit_code, seen, state = summary.split(b" ")
    names = [os.fsdecode(path) for path in paths]
    now = surroundings_state(names[: int(seen)], names[int(seen) :])
    return RunOutput(int(exit_code), list(text)) if now.hex().encode() == state else None

"""What the user may not read or change, and the command that allows it."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

READ, CHANGE = os.R_OK, os.R_OK | os.W_OK


def may(path: Path, mode: int) -> bool:
    """Whether the user may read, or also change, a file or folder; True where nothing is there."""
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except OSError:
        return True  # it is not there, or below a folder that cannot be entered
    return os.access(path, mode | (os.X_OK if is_folder else 0))


def remedy(path: Path, *, is_program: bool = False) -> tuple[str, tuple[str, ...]]:
    """How to allow everything, in words, and as commands; there are none where this takes another user."""
    if path.stat().st_uid != os.geteuid():
        # not `$USER`: it is wrong or missing in a container, and after `su`
        command = f"sudo chown -R {os.geteuid()} {shlex.quote(str(path))}"
        return f"it belongs to another user: run `{command}`", ()
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        return "its file system can only be read: mount it for writing", ()
    command = _open(path, is_program=is_program)
    return command, (command,)


def hint(path: Path) -> str:
    """How to open ``path``, which the system has refused; empty where the modes allow it."""
    closed = [place for place in reversed(path.parents) if not may(place, 0)]
    closed += [place for place in (path.parent, path) if not may(place, CHANGE)]
    if not closed:
        return ""
    # it may be any path: no word of `sudo`
    is_own = closed[0].stat().st_uid == os.geteuid()
    return f"run `{_open(closed[0])}`" if is_own else f"{closed[0]} belongs to another user"


def _open(path: Path, *, is_program: bool = False) -> str:
    return f"chmod u+{'rwx' if is_program or path.is_dir() else 'rw'} {shlex.quote(str(path))}"

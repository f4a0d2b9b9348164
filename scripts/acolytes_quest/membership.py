"""Notes of the sessions in this project that work on a server's board, beside where the file of a board would be.

Hooks run at every tool call, and the library for the server takes a fifth of a second to import. So they ask the
server only about a session with a note.
"""

from __future__ import annotations

import contextlib
import os
import time

from .errors import UnavailableError
from .location import find_board

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every tool call
if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT_SECONDS = 30 * 86_400.0


def note(cwd: str, environ: Mapping[str, str], session: str) -> None:
    """Note that `session` works on the board, and remove notes that are a month old.

    Where no file can be written, the hooks do nothing for the session, as where hooks are forbidden.
    """
    with contextlib.suppress(OSError, UnavailableError):
        path = _path(cwd, environ, session)
        folder = os.path.dirname(path)
        os.makedirs(folder, 0o700, exist_ok=True)
        ignore = os.path.join(os.path.dirname(folder), ".gitignore")
        if not os.path.exists(ignore):
            with open(ignore, "w", encoding="ascii") as file:
                file.write("*\n")
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
        os.utime(path)
        for entry in os.scandir(folder):
            if entry.stat().st_mtime < time.time() - KEPT_SECONDS:
                os.unlink(entry.path)


def note_cleared(cwd: str, environ: Mapping[str, str], session: str, process: int) -> None:
    """Note that the client in `process` has cleared its session, so that its next session can take over."""
    with contextlib.suppress(OSError, UnavailableError):
        path = _path(cwd, environ, f"cleared-{process}")
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w") as file:
            file.write(session)


def cleared(cwd: str, environ: Mapping[str, str], process: int) -> str | None:
    """Return the session that the client in `process` has just cleared, and remove the note; None without one."""
    with contextlib.suppress(OSError, UnavailableError):
        path = _path(cwd, environ, f"cleared-{process}")
        with open(path, encoding="utf-8") as file:
            session = file.read(65)
        os.unlink(path)
        return session
    return None


def only_waiter(cwd: str, environ: Mapping[str, str], session: str) -> bool:
    """Whether this process is the only one that waits for `session`. It stays so until it ends."""
    import fcntl

    try:
        path = _path(cwd, environ, session) + ".waits"
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (OSError, UnavailableError):
        return False
    return True


def is_noted(cwd: str, environ: Mapping[str, str], session: str) -> bool:
    """Whether `session` works on the board of this project."""
    return os.path.exists(_path(cwd, environ, session))


def _path(cwd: str, environ: Mapping[str, str], session: str) -> str:
    # The path is that of a project with a file: the variables that name another board do not count.
    board = find_board(cwd, {"HOME": environ.get("HOME", "")})
    return os.path.join(os.path.dirname(board), "sessions", session)

"""Open the board that the environment selects: $ACOLYTES_QUEST_URL names a server, else the board is a file.

Times are set by $ACOLYTES_QUEST_LEASE, $ACOLYTES_QUEST_BUSY, $ACOLYTES_QUEST_POLL and $ACOLYTES_QUEST_WAIT, in seconds.
"""

from __future__ import annotations

import os

from .errors import RefusalError, UnavailableError
from .location import URL_VARIABLE, check_repository, find_board
from .stores.engine import BUSY_SECONDS, LEASE_SECONDS

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .stores.engine import Board


def open_board(
    cwd: str, environ: Mapping[str, str], *, busy: float | None = None, lease: float = LEASE_SECONDS
) -> Board:
    """Return the board of a process in `cwd`. Only the engine that it uses is imported.

    Args:
        cwd: The folder of the process.
        environ: The environment of the process.
        busy: How long to wait for a busy board, in seconds; None lets the environment decide.
        lease: How long a lease lasts, in seconds, unless the environment sets another time.
    """
    lease = seconds(environ, "ACOLYTES_QUEST_LEASE", lease)
    patience = busy or seconds(environ, "ACOLYTES_QUEST_BUSY", BUSY_SECONDS)
    url = environ.get(URL_VARIABLE)
    if url:
        from .stores import postgres_engine

        poll = seconds(environ, "ACOLYTES_QUEST_POLL", postgres_engine.POLL_SECONDS)
        return postgres_engine.PostgresBoard(url, lease=lease, busy=patience, poll=poll)
    try:
        from .stores import sqlite_engine
    except ModuleNotFoundError as error:  # a Python that was built without SQLite
        raise UnavailableError(f"this Python has no module {error.name}: use another python3") from None
    poll = seconds(environ, "ACOLYTES_QUEST_POLL", sqlite_engine.POLL_SECONDS)
    path = find_board(cwd, environ)
    if not os.path.exists(path):
        check_repository(cwd, environ)
    return sqlite_engine.SqliteBoard(path, lease=lease, busy=patience, poll=poll)


def seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    """Return a number of seconds above 0 from the environment, or the default. Refuse any other value."""
    text = environ.get(name)
    if not text:
        return default
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise RefusalError(f"{name}={text!a}: give seconds, a number above 0, or unset it")
    return number

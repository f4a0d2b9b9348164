"""Upgrade the file of a board from an older version: make a copy beside it, then change it in one transaction."""

from __future__ import annotations

import contextlib
import os

from ..errors import UnavailableError
from ..new_file import sync
from . import schema

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    import sqlite3


def upgrade(connection: sqlite3.Connection, path: str, version: int) -> None:
    """Upgrade the board from `version`. The caller holds the write gate and has not begun a transaction."""
    _keep_copy(connection, f"{path}-v{version}-backup")
    connection.execute("BEGIN IMMEDIATE")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in schema.migration(version):
        connection.execute(statement)
    connection.execute("COMMIT")


def _keep_copy(connection: sqlite3.Connection, backup: str) -> None:
    """Copy the board under another name first, so that a file with the name of the backup is always complete."""
    new = backup + "-new"
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(new)
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        connection.execute("VACUUM INTO ?", (new,))
        sync(new)
        os.replace(new, backup)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise UnavailableError(
            f"cannot keep a copy of the board before its upgrade ({backup}: {error.strerror}): make room for that file"
        ) from None

"""Read a board in a place where nothing can be written: a file system mounted read-only, another user's folder.

SQLite itself needs two files beside the board, and makes them even to read.
"""

from __future__ import annotations

import os
import shutil
import tempfile

from ..errors import UnavailableError
from . import database
from .disk import has_log

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    import sqlite3


def connect(path: str, busy: float) -> sqlite3.Connection:
    """Open the board as it is. Nothing may be changing it, which this process could not notice."""
    if not has_log(path):
        return database.connect(path, "ro&immutable=1", busy)
    # The newest changes are in the log alone. To read it, SQLite needs an index of it, which it cannot make here.
    folder = ""
    try:
        folder = tempfile.mkdtemp(prefix="acolytes-quest-")
        copy = os.path.join(folder, "board")
        for suffix in ("", "-wal"):
            shutil.copyfile(path + suffix, copy + suffix)
        connection = database.connect(copy, "rw", busy)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()  # opens the files, which then can go
        return connection
    except OSError as error:
        raise UnavailableError(
            f"the board {path} is read-only here, and its log cannot be read without a copy of both"
            f" ({folder and f'{folder}: '}{error.strerror}): set TMPDIR to a folder with room"
        ) from None
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)

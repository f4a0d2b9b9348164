"""Copy the file of a board as a whole, and put a copy in the place of a board that processes may be using.

A backup is one file, in the format without a log, so that no part of it can be forgotten.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time

from ..errors import RefusalError, UnavailableError
from ..new_file import new_file
from . import database
from .damage import damage
from .schema import table_names

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterator

_BUSY_SECONDS = 10.0


class Contents:
    """What a file holds: how many rows each table has, and the damage."""

    def __init__(self, path: str) -> None:
        with _reading(path) as connection:
            database.check(connection, path)
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            self.rows: dict[str, int] = {
                name: connection.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]
                for name in table_names()
                if name in tables  # a board of an older version lacks some
            }
            self.damage = damage(connection)


def copy(connection: sqlite3.Connection, new: str) -> None:
    """Write the board, with what is in its log, to the empty file `new`. All of it is of one moment."""
    try:
        connection.execute("VACUUM INTO ?", (database.address(new),))
    except sqlite3.OperationalError as error:
        if "is full" in str(error) or "disk I/O" in str(error):
            raise UnavailableError(f"cannot write {new} ({error}): name a place with more room") from None
        raise


def set_aside(connection: sqlite3.Connection, path: str, *, force: bool) -> str | None:
    """Copy a board that has quests before it is replaced; return the path of the copy. Without `force`, refuse it."""
    if not connection.execute("SELECT EXISTS (SELECT 1 FROM quest)").fetchone()[0]:
        return None
    if not force:
        raise RefusalError(
            "the board has quests already: add --force to replace all of them (the board is copied beside it first)"
        )
    kept = f"{path}-{time.strftime('replaced-%Y%m%dT%H%M%SZ', time.gmtime())}"
    with new_file(kept) as new:
        copy(connection, new)
    return kept


def replace(connection: sqlite3.Connection, backup: str) -> None:
    """Make the board of `connection` what the file `backup` is, in one transaction. Others who read it notice."""
    with _reading(backup) as source:
        source.backup(connection)


@contextlib.contextmanager
def _reading(path: str) -> Iterator[sqlite3.Connection]:
    try:
        with contextlib.closing(database.connect(path, "ro", _BUSY_SECONDS)) as connection:
            yield connection
    except sqlite3.DatabaseError as error:
        raise RefusalError(f"{path} cannot be read as a board ({error}): name a file that backup has written") from None

"""Translate the errors of the server: each becomes one line that says how to fix it."""

from __future__ import annotations

import contextlib

from ..errors import LostError, NoBoardError, RefusalError, UnavailableError
from .postgres_schema import NAME
from .schema import VERSION

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .postgres_connection import Server

# Classes of errors that end the transaction: an administrator or a time-out cut the connection, or a rollback.
_GONE = ("57P", "25P03", "40")


@contextlib.contextmanager
def translated(server: Server, busy: float) -> Iterator[None]:
    """Turn the errors of psycopg into ours. Errors that show a bug are not changed."""
    try:
        yield
    except server.psycopg.Error as error:
        translation = _translate(error, server, busy)
        if translation is None:
            raise
        raise translation from None


def lost(server: Server) -> LostError:
    """Return the error for a connection that broke before its COMMIT."""
    return LostError(f"the connection to {server.name} broke and nothing was changed: try again")


def newer(server: Server, version: int) -> UnavailableError:
    """Return the error for a board that newer scripts have made."""
    return UnavailableError(
        f"the board at {server.name} was made by a newer version (schema {version},"
        f" this program reads up to {VERSION}): update acolytes"
    )


def _translate(error: Any, server: Server, busy: float) -> Exception | None:
    """Return the error with what the user can do about it; None when it shows a bug."""
    errors = server.psycopg.errors
    name = server.name
    if isinstance(error, (errors.UndefinedTable, errors.InvalidSchemaName)):
        return NoBoardError(f"no board at {name}; `acolytes-quest create` makes it")
    if isinstance(error, (errors.DuplicateTable, errors.DuplicateFunction)):
        return RefusalError(f"the schema {NAME} at {name} already contains other tables: use another database")
    if isinstance(error, errors.InsufficientPrivilege):
        return UnavailableError(
            f"{server.user} may not do this at {name} ({server.words(error)}): let the database's owner GRANT CREATE ON"
            f" DATABASE {server.database} to it, or make it the owner of the schema {NAME}"
        )
    if isinstance(error, (errors.LockNotAvailable, errors.QueryCanceled)):
        return UnavailableError(
            f"the board at {name} is locked: another writer held it for over {busy:g} s; try again, or raise"
            " $ACOLYTES_QUEST_BUSY (seconds)"
        )
    if isinstance(error, errors.ProgramLimitExceeded):
        return RefusalError("a key, or the name of a file, is too long for this board: at most 2,600 bytes")
    if (error.sqlstate or "").startswith(_GONE):
        return lost(server)
    if isinstance(error, server.psycopg.OperationalError):
        broken = error.sqlstate is None
        return lost(server) if broken else UnavailableError(f"the server at {name} fails: {server.words(error)}")
    return None

"""The server's errors, each in one line that says how to mend it."""

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

# Classes of errors after which the transaction is gone: cut by an administrator or a time-out; a rollback.
_GONE = ("57P", "25P03", "40")


@contextlib.contextmanager
def translated(server: Server, busy: float) -> Iterator[None]:
    """Turn psycopg's errors into ours; a bug of ours stays as it is."""
    try:
        yield
    except server.psycopg.Error as error:
        told = _tell(error, server, busy)
        if told is None:
            raise
        raise told from None


def lost(server: Server) -> LostError:
    """Return what to say of a connection that broke before its COMMIT."""
    return LostError(f"the connection to {server.name} broke and nothing was changed: try again")


def newer(server: Server, version: int) -> UnavailableError:
    """Return what to say of a board that later scripts have made."""
    return UnavailableError(
        f"the board at {server.name} is of a newer version (schema {version}, this program knows {VERSION}):"
        " update acolytes"
    )


def _tell(error: Any, server: Server, busy: float) -> Exception | None:
    """Return what the user can do about an error, or None when it is a bug of ours."""
    errors = server.psycopg.errors
    name = server.name
    if isinstance(error, (errors.UndefinedTable, errors.InvalidSchemaName)):
        return NoBoardError(f"no board at {name}; `acolytes-quest create` makes it")
    if isinstance(error, (errors.DuplicateTable, errors.DuplicateFunction)):
        return RefusalError(f"the schema {NAME} at {name} holds other things already: use another database")
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
        return RefusalError("a key, or a file's name, is too long for this board: at most 2,600 bytes")
    if (error.sqlstate or "").startswith(_GONE):
        return lost(server)
    if isinstance(error, server.psycopg.OperationalError):
        broken = error.sqlstate is None
        return lost(server) if broken else UnavailableError(f"the server at {name} fails: {server.words(error)}")
    return None

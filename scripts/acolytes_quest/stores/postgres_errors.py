"""Translate the errors of the server: each becomes one line that says how to fix it."""

from __future__ import annotations

import contextlib

from ..errors import LostError, NoBoardError, RefusalError, UnavailableError
from .postgres_roles import missing
from .postgres_schema import NAME
from .schema import VERSION

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from .postgres_connection import Server
    from .postgres_patience import Patience

# Classes of errors that end the transaction: an administrator or a time-out cut the connection, or a rollback.
_GONE = ("57P", "25P03", "40")


@contextlib.contextmanager
def translated(server: Server, patience: Patience, rights: Callable[[], Any]) -> Iterator[None]:
    """Turn the errors of psycopg into ours. Errors that show a bug are not changed.

    `rights` is called for an error that rights may have caused: it looks up what the login may do on the board.
    """
    try:
        yield
    except server.psycopg.Error as error:
        translation = _right(error, server, rights) or _translate(error, server, patience)
        if translation is None:
            raise
        raise translation from None
    except UnicodeEncodeError:  # what callers give has been checked: this was read from the board
        raise UnavailableError(
            f"the board at {server.name} is damaged (a name in it is not valid UTF-8): acolytes-quest check lists all"
            " damage; restore a backup"
        ) from None


def lost(server: Server) -> LostError:
    """Return the error for a connection that broke before its COMMIT."""
    return LostError(f"the connection to {server.name} broke and nothing was changed: try again")


def newer(server: Server, version: int) -> UnavailableError:
    """Return the error for a board that newer scripts have made."""
    return UnavailableError(
        f"the board at {server.name} was made by a newer version (schema {version},"
        f" this program reads up to {VERSION}): update acolytes"
    )


def _right(error: Any, server: Server, rights: Callable[[], Any]) -> Exception | None:
    """Return the error for a right that the login lacks; None when it lacks none."""
    errors = server.psycopg.errors
    denied = isinstance(error, errors.InsufficientPrivilege)
    if not denied and not isinstance(error, (errors.UndefinedTable, errors.InvalidSchemaName)):
        return None
    try:
        row = rights()
    except (server.psycopg.Error, UnavailableError):
        row = None
    if row is None:
        if not denied:
            return None
        return UnavailableError(
            f"{server.user} may not make a board at {server.name} ({server.words(error)}): let an administrator run"
            f" acolytes-quest server-setup --grant {server.user}=leader"
        )
    return (
        UnavailableError(missing(server.words(error), row, server.user, server.name)) if denied or not row[0] else None
    )


def _translate(error: Any, server: Server, patience: Patience) -> Exception | None:
    """Return the error with what the user can do about it; None when it shows a bug."""
    errors = server.psycopg.errors
    name = server.name
    if isinstance(error, (errors.UndefinedTable, errors.InvalidSchemaName)):
        return NoBoardError(f"no board at {name}; `acolytes-quest create` makes it")
    if isinstance(error, (errors.DuplicateTable, errors.DuplicateFunction)):
        return RefusalError(f"the schema {NAME} at {name} already contains other tables: use another database")
    if isinstance(error, errors.InvalidAuthorizationSpecification) and error.pgconn is None:
        return RefusalError(server.words(error))
    if isinstance(error, (errors.LockNotAvailable, errors.QueryCanceled)):
        return UnavailableError(
            f"the board at {name} is locked: another writer held it for over {patience.busy:g} s; try again, or raise"
            " $ACOLYTES_QUEST_BUSY (seconds)"
        )
    if isinstance(error, (errors.CharacterNotInRepertoire, errors.UntranslatableCharacter)):
        return UnavailableError(
            f"a text of the board at {name} is not valid UTF-8, and the database has another encoding"
            f" ({server.words(error)}): restore a backup into a database in UTF8"
        )
    if isinstance(error, errors.ProgramLimitExceeded):
        return RefusalError("a key, or the name of a file, is too long for this board: at most 2,600 bytes")
    if isinstance(error, errors.ConnectionTimeout) and not patience.may_go_on():
        return UnavailableError(
            f"the server at {name} does not answer ({error}): see whether it runs, or raise $ACOLYTES_QUEST_BUSY"
            " (seconds)"
        )
    if (error.sqlstate or "").startswith(_GONE):
        return lost(server)
    if isinstance(error, server.psycopg.OperationalError):
        broken = error.sqlstate is None
        return lost(server) if broken else UnavailableError(f"the server at {name} fails: {server.words(error)}")
    return None

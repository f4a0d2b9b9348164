"""Make or upgrade the board on a server with its roles, in one transaction; or list the statements for that."""

from __future__ import annotations

from ..errors import RefusalError, UnavailableError
from . import postgres_roles, postgres_schema, schema
from .postgres_engine import MAKING, PostgresBoard
from .postgres_errors import newer, translated

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .engine import Board

_OWNS = f"SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = '{postgres_schema.NAME}'"


def of(board: Board) -> PostgresBoard:
    """Return the board, which is one on a server."""
    assert isinstance(board, PostgresBoard)  # ACOLYTES_QUEST_URL is set
    return board


def set_up(board: PostgresBoard, prefix: str, grants: Mapping[str, str], *, only_look: bool) -> list[str]:
    """Execute what the board still needs, and return it. With `only_look`, only return it.

    Raises:
        RefusalError: A person has no login, or the database cannot hold a board.
    """
    server = board.server
    with translated(server, board.patience, board.rights), board.started(MAKING) as (connection, row):
        people = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [list(grants)]).fetchall()
        for person in sorted(set(grants).difference(name for (name,) in people)):
            raise RefusalError(
                f"the server has no login {person!a}: make it with CREATE ROLE (or createuser), then run this again"
            )
        statements = [f"SET LOCAL search_path = {postgres_schema.NAME}, pg_temp"]
        if not row[0]:
            board.check_encoding(connection)
            statements += postgres_schema.statements()
        else:
            # A grant by anybody else is a warning, and changes nothing.
            if not connection.execute(_OWNS).fetchone()[0]:
                raise UnavailableError(f"{server.user} does not own the board at {server.name}: log in as its owner")
            version = connection.execute(f"SELECT number FROM {postgres_schema.NAME}.version").fetchone()[0]
            if version > schema.VERSION:
                raise newer(server, version)
            if version < schema.VERSION:
                statements += postgres_schema.migration(version)
        statements += postgres_roles.statements(prefix, grants, server.database)
        if not only_look:
            with board.patience.for_long_work():
                for statement in statements:
                    connection.execute(statement)
            connection.execute("COMMIT")
        return statements

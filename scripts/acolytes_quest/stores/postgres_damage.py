"""Texts of a server's board that are not valid UTF-8, because its disk has failed, or its database had no encoding.

A server whose database is in UTF8 sends such a text as it is. Each byte that is no UTF-8 becomes half a surrogate, as
it does in a file. A database with another encoding, for which no board is created, does not send it.
"""

from __future__ import annotations

import importlib

from ..framing import is_damaged
from . import schema
from .damage import line
from .postgres_schema import NAME

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .engine import Transaction


def rows(connection: Any, result: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a result that has a damaged text. The statement is not executed again."""
    adapt: Any = importlib.import_module("psycopg.adapt")  # it is there already: the rows came by it

    class Lenient(adapt.Loader):  # type: ignore[misc]  # the class is found at run time
        def load(self, data: Any) -> str:
            return bytes(data).decode("utf-8", "surrogateescape")

    connection.adapters.register_loader("text", Lenient)
    transformer = adapt.Transformer(connection)
    transformer.set_pgresult(result)
    found: list[tuple[Any, ...]] = transformer.load_rows(0, result.ntuples, tuple)
    return found


def damage(tx: Transaction) -> Iterator[str]:
    """Yield the damaged texts, one line each."""
    sql = (
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = ? AND data_type = 'text'"
        " ORDER BY ordinal_position"
    )
    described = tx.tuples(sql, NAME)
    for table in schema.table_names():
        columns = [column for name, column in described if name == table]
        if not columns:
            continue
        place = "quest, seq" if table == "message" else "CAST(ctid AS TEXT), 0"
        for first, second, *values in tx.tuples(f"SELECT {place}, {', '.join(columns)} FROM {table}"):
            for column, value in zip(columns, values):
                if isinstance(value, str) and is_damaged(value):
                    yield line(table, first, second, column)

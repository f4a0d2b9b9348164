"""Damage in the file of a board: what SQLite finds, and texts that are no longer UTF-8."""

from __future__ import annotations

from . import schema
from .database import decoded

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_ROWS = 500  # read at a time


def damage(connection: sqlite3.Connection) -> list[str]:
    """Return the damage in the file, one line each."""
    problems = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    return [
        *(line for line in problems if line != "ok"),
        *(f"row {row[1]} of the table {row[0]} names a {row[2]} that does not exist" for row in orphans),
        *_damaged_texts(connection),
    ]


def _damaged_texts(connection: sqlite3.Connection) -> Iterator[str]:
    usual = connection.text_factory
    connection.text_factory = bytes
    try:
        for table in schema.table_names():
            described = connection.execute(f"PRAGMA table_info({table})")
            columns = [decoded(name) for _, name, kind, *_ in described if kind == b"TEXT"]
            if columns:
                yield from _of_table(connection, table, columns)
    finally:
        connection.text_factory = usual


def _of_table(connection: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[str]:
    place = "quest, seq" if table == "message" else "rowid, 0"
    cursor = connection.execute(f"SELECT {place}, {', '.join(columns)} FROM {table}")
    while rows := cursor.fetchmany(_ROWS):
        # A line feed is never a part of another character, so all of them can be decoded at once.
        if _is_utf8(b"\n".join(value for row in rows for value in row[2:] if isinstance(value, bytes))):
            continue
        for first, second, *values in rows:
            for column, value in zip(columns, values):
                if isinstance(value, bytes) and not _is_utf8(value):
                    yield line(table, first, second, column)


def line(table: str, first: object, second: object, column: str) -> str:
    """Return the line for a damaged text; `first` and `second` say which row it is in."""
    if table != "message":
        return f"row {first} of the table {table}: its {column} is not valid UTF-8"
    mend = f"; redact --quest {first} --seq {second} replaces it" if column == "text" else ""
    return f"message {second} of quest {first}: its {column} is not valid UTF-8{mend}"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

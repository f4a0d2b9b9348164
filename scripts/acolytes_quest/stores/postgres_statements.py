"""The statements of one transaction on the server, in few trips: each trip takes its time, and the board is locked.

A statement without a result waits for the next one that has a result. A query that will be needed is made ahead, in
the same trip. Its rows are kept until a table in it is written to.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .engine import Query

_WRITTEN = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")


class Result:
    """The rows of one statement; it stands for a cursor."""

    __slots__ = ("_result", "_rows")

    def __init__(self, cursor: Any) -> None:
        self._result = cursor.pgresult
        self._rows: list[tuple[Any, ...]] = []
        try:
            if self._result.nfields:
                self._rows = cursor.fetchall()
        except UnicodeDecodeError:
            from .postgres_damage import rows

            self._rows = rows(cursor.connection, self._result)

    @property
    def description(self) -> list[tuple[str]]:
        """The names of the columns; the cursor's own description would look up the type of each, too."""
        return [(self._result.fname(number).decode(),) for number in range(self._result.nfields)]

    def first(self) -> Any:
        """Return the first row; None without one."""
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return every row, each time it is called."""
        return list(self._rows)


class Statements:
    """The statements of a transaction on `connection` that has begun; `made` are queries with their results.

    With `begin` it has ended already, and that begins another one for a query that was not made.
    """

    def __init__(self, connection: Any, begin: str, made: Iterable[tuple[Query, Result]]) -> None:
        self.connection = connection
        self._begin = begin
        self._waiting: list[str] = []
        self._foreseen: list[Query] = []
        self._results = dict(made)

    def defer(self, sql: str, values: tuple[object, ...]) -> None:
        """Keep a statement without a result."""
        self._waiting.append(bound(self.connection, (sql, values)))
        self._forget(sql)

    def foresee(self, sql: str, values: tuple[object, ...]) -> None:
        """Make a query in the next trip, which is needed soon."""
        if (sql, values) not in self._results:
            self._foreseen.append((sql, values))

    def execute(self, sql: str, values: tuple[object, ...]) -> Result:
        """Return the result of a statement, after what waits for it."""
        query = (sql, values)
        is_write = _WRITTEN.match(sql)
        if not is_write and query in self._results:
            return self._results[query]
        ahead = [other for other in dict.fromkeys(self._foreseen) if other != query]
        self._foreseen.clear()
        text = ";".join([*self._taken(), *(bound(self.connection, other) for other in [*ahead, query])])
        results = run(self.connection, text)
        self._results.update(zip(ahead, results[-1 - len(ahead) :]))
        if is_write:
            self._forget(sql)
        else:
            self._results[query] = results[-1]
        return results[-1]

    def taken(self) -> str:
        """Return what waits, to be executed before something else."""
        return "".join(f"{statement};" for statement in self._taken())

    def _taken(self) -> list[str]:
        statements = [*([self._begin] if self._begin else []), *self._waiting]
        self._begin = ""
        self._waiting.clear()
        return statements

    def _forget(self, sql: str) -> None:
        """Forget the rows that a statement may change."""
        match = _WRITTEN.match(sql)
        table = re.compile(rf"\b(?:FROM|JOIN) {match[1]}\b" if match else "")
        for query in [query for query in self._results if table.search(query[0])]:
            del self._results[query]


def run(connection: Any, sql: str) -> list[Result]:
    """Execute statements in one trip; return the result of each."""
    cursor = connection.execute(sql)
    results = [Result(cursor)]
    while cursor.nextset():
        results.append(Result(cursor))
    return results


def bound(connection: Any, query: Query) -> str:
    """Return a statement as the server reads it, with its values. No statement has a question mark in a text."""
    sql, values = query
    text: str = connection.cursor().mogrify(sql.replace("%", "%%").replace("?", "%s"), values)
    return text

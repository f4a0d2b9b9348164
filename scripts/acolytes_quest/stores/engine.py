"""What the verbs know of a board, whichever engine keeps it: `sqlite_engine` a file, `postgres_engine` a server.

SQL is written once, with `?` for values, in what both engines understand.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import Any

LEASE_SECONDS = 900.0
UNHOOKED_LEASE_SECONDS = 3600.0  # for a holder whose lease no hook renews
BUSY_SECONDS = 10.0


class Transaction:
    """Statements that take effect together. `now` and `at` are its moment: for leases (see `clock`), and Unix seconds.

    `execute` runs one statement with its values and returns a cursor.
    """

    def __init__(
        self,
        execute: Callable[[str, tuple[object, ...]], Any],
        *,
        now: tuple[str, float],
        at: float,
        lease: float,
    ) -> None:
        self._execute = execute
        self.now = now
        self.at = at
        self.lease = lease
        self.skip_locked = ""  # ends a query that picks a turn `t`, where others may be picking at the same moment
        self.to_wake: set[str] = set()  # agents that are woken by COMMIT

    def run(self, sql: str, *values: object) -> None:
        """Execute one statement."""
        self._execute(sql, values)

    def insert(self, sql: str, *values: object) -> int:
        """Insert one row; return the id that it got."""
        return int(self.all(f"{sql} RETURNING id", *values)[0]["id"])

    def one(self, sql: str, *values: object) -> dict[str, Any] | None:
        """Return the first row, or None."""
        rows = self.all(sql, *values)
        return rows[0] if rows else None

    def all(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Return every row, as a dictionary by column name."""
        cursor = self._execute(sql, values)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row)) for row in cursor.fetchall()]


class Listener:
    """Waits for news of one agent."""

    def wait(self, seconds: float) -> None:
        """Return when woken, when the board may have changed, or after `seconds`; each may be for nothing."""
        raise NotImplementedError

    def is_heard_by(self, agent: str) -> bool | None:
        """Whether some process waits as `agent`; None where nobody can know."""
        raise NotImplementedError


class Board:
    """One board. Opening it reads nothing; only `create` makes anything. It belongs to one thread.

    Every method may raise UnavailableError, and all but `create` and `exists` NoBoardError.
    """

    def __init__(self, lease: float) -> None:
        self.lease = lease

    def create(self) -> None:
        """Make the board if there is none yet."""
        raise NotImplementedError

    def exists(self) -> bool:
        """Whether there is a board, or something in its place that must not be overwritten."""
        raise NotImplementedError

    def read(self) -> AbstractContextManager[Transaction]:
        """One consistent view of the board; it changes nothing and waits for no writer."""
        raise NotImplementedError

    def write(self) -> AbstractContextManager[Transaction]:
        """One write transaction, alone on the board: all of it or, after any exception, nothing. COMMIT wakes.

        A RecordedRefusalError is committed and raised: what the transaction wrote by then is its audit event.
        """
        raise NotImplementedError

    def claim(self, session: str) -> AbstractContextManager[Transaction]:
        """A write transaction that touches only what `session` holds, or takes by a query with `skip_locked`.

        Where the engine can, such transactions of different sessions run beside each other, though not beside `write`.
        """
        raise NotImplementedError

    def listen(self, agent: str) -> AbstractContextManager[Listener]:
        """Hear what concerns `agent`. Look at the board after this has begun, then wait: nothing falls between."""
        raise NotImplementedError

    def health(self) -> list[str]:
        """Look for damage below the tables; return one line for each finding."""
        raise NotImplementedError

    def scrub(self) -> None:
        """Let nothing of what was overwritten or deleted stay in the board's own files, as far as the engine can."""
        raise NotImplementedError

    def close(self) -> None:
        """Close what is open."""
        raise NotImplementedError

"""The SQLite engine: connections, transactions, waiting. All that is SQLite's own: here, `database`, `schema`.

The verbs know `Board.read`, `Board.write`, `Board.listen` and a `Transaction` with `run`, `one` and `all`.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time

from . import database
from .bell import Bell, ring
from .clock import system_clock
from .errors import RecordedRefusalError, UnavailableError
from .gate import gate

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

LEASE_SECONDS = 900.0
BUSY_SECONDS = 10.0
POLL_SECONDS = 0.5
_OLDEST_SQLITE = (3, 35)  # UPDATE ... RETURNING


class Transaction:
    """Statements that take effect together. `now` and `at` are its moment: since boot for leases, Unix for people."""

    def __init__(self, connection: sqlite3.Connection, now: tuple[str, float], lease: float) -> None:
        self._connection = connection
        self.now = now
        self.lease = lease
        self.at = time.time()
        self.to_wake: set[str] = set()  # agents whose bells ring after COMMIT

    def run(self, sql: str, *values: object) -> None:
        """Execute one statement."""
        self._connection.execute(sql, values)

    def insert(self, sql: str, *values: object) -> int:
        """Insert one row; return the id that it got."""
        return int(self.all(f"{sql} RETURNING id", *values)[0]["id"])

    def one(self, sql: str, *values: object) -> dict[str, Any] | None:
        """Return the first row, or None."""
        rows = self.all(sql, *values)
        return rows[0] if rows else None

    def all(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Return every row, as a dictionary by column name."""
        cursor = self._connection.execute(sql, values)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row)) for row in cursor.fetchall()]


class Listener:
    """Waits for news of one agent: woken by the bell, and by the slow poll in case a ring got lost."""

    def __init__(self, connection: sqlite3.Connection, bell: Bell, poll: float) -> None:
        self._connection = connection
        self._bell = bell
        self._poll = poll
        self._seen = self._version()

    def wait(self, seconds: float) -> None:
        """Return when rung, when the board has changed, or after `seconds`; each may be for nothing."""
        deadline = time.monotonic() + seconds
        while (remaining := deadline - time.monotonic()) > 0:
            if self._bell.wait(min(remaining, self._poll)) or self._version() != self._seen:
                break
        self._seen = self._version()

    def is_heard_by(self, agent: str) -> bool | None:
        """Whether some process waits as `agent`; None where nobody can know."""
        return self._bell.is_heard_by(agent)

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


class Board:
    """One board file. Opening it reads nothing; only `create` makes a file.

    `clock` gives `(boot, seconds)`; `lease`, `busy` and `poll` are seconds. A Board belongs to one thread.
    """

    def __init__(
        self,
        path: str,
        *,
        clock: Callable[[], tuple[str, float]] = system_clock,
        lease: float = LEASE_SECONDS,
        busy: float = BUSY_SECONDS,
        poll: float = POLL_SECONDS,
    ) -> None:
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            raise UnavailableError(
                f"quests need SQLite 3.35 or later and this Python has {sqlite3.sqlite_version}: use another python3"
            )
        self.path = path
        self.lease = lease
        self._clock = clock
        self._busy = busy
        self._poll = poll
        self._reader: sqlite3.Connection | None = None

    def create(self) -> None:
        """Make the board if there is none yet: its folder, the file readable by its owner alone, the tables."""
        try:
            database.make_folder(self.path)
            with database.translated(self.path, self._busy), gate(self._gate, self._busy):
                if not self.exists():
                    database.build(self.path)
        except OSError as error:
            raise UnavailableError(
                f"cannot make {self.path}: {error.strerror}; make its folder writable or set ACOLYTES_QUEST_DB"
            ) from None

    def exists(self) -> bool:
        """Whether there is a board, or something in its place that is no empty file."""
        return bool(database.size(self.path))

    @contextlib.contextmanager
    def write(self) -> Iterator[Transaction]:
        """One write transaction: all of it or, after any exception, nothing. Bells ring once it is committed.

        A RecordedRefusalError is committed and raised: what the transaction wrote by then is its audit event.
        """
        deadline = time.monotonic() + self._busy
        if not self.exists():
            raise database.no_board(self.path)
        # Opened and closed under the gate as well: the last close checkpoints.
        with database.translated(self.path, self._busy), gate(self._gate, self._busy):
            patience = max(deadline - time.monotonic(), 0.05)
            with contextlib.closing(database.connect(self.path, "rw", patience)) as connection:
                database.check(connection, self.path)
                connection.execute("BEGIN IMMEDIATE")
                transaction = Transaction(connection, self._clock(), self.lease)
                try:
                    yield transaction
                except RecordedRefusalError:
                    connection.execute("COMMIT")
                    raise
                # Any other exception: closing the connection takes everything back.
                connection.execute("COMMIT")
        if transaction.to_wake:
            ring(self._bells, transaction.to_wake)

    @contextlib.contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent view of the board; it changes nothing and waits for no writer."""
        with database.translated(self.path, self._busy):
            connection = self._open_reader()
            connection.execute("BEGIN")
            try:
                yield Transaction(connection, self._clock(), self.lease)
            finally:
                connection.rollback()  # there is nothing to commit; and unlike ROLLBACK it never fails

    @contextlib.contextmanager
    def listen(self, agent: str) -> Iterator[Listener]:
        """Hear what concerns `agent`. Look at the board after this has begun, then wait: nothing falls between."""
        with database.translated(self.path, self._busy):
            connection = self._open_reader()
            bell = Bell(self._bells, agent)
            try:
                yield Listener(connection, bell, self._poll)
            finally:
                bell.close()

    def close(self) -> None:
        """Close the reader's connection, if there is one."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    @property
    def _gate(self) -> str:
        return self.path + "-lock"

    @property
    def _bells(self) -> str:
        return self.path + "-bells"

    def _open_reader(self) -> sqlite3.Connection:
        if self._reader is None:
            if not self.exists():
                raise database.no_board(self.path)
            # Read-only: its close never checkpoints, so that it needs no gate.
            self._reader = database.connect(self.path, "ro", self._busy)
        database.check(self._reader, self.path)
        return self._reader

"""The board as an SQLite file: connections, transactions, waiting. `database` creates and opens the file."""

from __future__ import annotations

import contextlib
import sqlite3
import time

from ..errors import RecordedRefusalError, UnavailableError
from . import database, schema
from .bell import Bell, ring
from .clock import system_clock
from .engine import BUSY_SECONDS, LEASE_SECONDS, WATCHER, Board, Listener, Transaction
from .gate import gate

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

POLL_SECONDS = 0.5
_OLDEST_SQLITE = (3, 35)  # UPDATE ... RETURNING


class SqliteListener(Listener):
    """Waits for news of one agent: the bell wakes it, and a slow poll in case a ring is lost."""

    def __init__(self, connection: sqlite3.Connection, bell: Bell, poll: float) -> None:
        self._connection = connection
        self._bell = bell
        self._poll = poll
        self._seen = self._version()

    def wait(self, seconds: float, also: Sequence[int] = ()) -> None:
        """Return when the bell rings, when the board has changed, or after `seconds`; see `Listener.wait`."""
        deadline = time.monotonic() + seconds
        while (remaining := deadline - time.monotonic()) > 0:
            if self._bell.wait(min(remaining, self._poll), also) or self._version() != self._seen:
                break
        self._seen = self._version()

    def is_heard_by(self, agent: str) -> bool | None:
        """Whether a process waits as `agent`; None where that cannot be found out."""
        return self._bell.is_heard_by(agent)

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


class SqliteBoard(Board):
    """One board file. `clock` gives `(boot, seconds)`; `lease`, `busy` and `poll` are seconds."""

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
        super().__init__(lease)
        self.path = path
        self._clock = clock
        self._busy = busy
        self._poll = poll
        self._reader: sqlite3.Connection | None = None

    def create(self) -> None:
        """Create the board if there is none yet: the folder, the file that only its owner can read, the tables."""
        try:
            database.make_folder(self.path)
            with database.translated(self.path, self._busy), gate(self._gate, self._busy):
                if not self.exists():
                    database.build(self.path)
        except OSError as error:
            raise UnavailableError(
                f"cannot create {self.path}: {error.strerror}; make its folder writable or set ACOLYTES_QUEST_DB"
            ) from None

    def exists(self) -> bool:
        """Whether there is a board, or something else in its place that is not an empty file."""
        return bool(database.size(self.path))

    @contextlib.contextmanager
    def write(self) -> Iterator[Transaction]:
        """One write transaction; see `Board.write`. The bells ring when it is committed."""
        deadline = time.monotonic() + self._busy
        if not self.exists():
            raise database.no_board(self.path)
        # Opening and closing take longer than most transactions, so they are done outside of the gate.
        with (
            database.translated(self.path, self._busy),
            contextlib.closing(database.connect(self.path, "rw", self._busy)) as connection,
            gate(self._gate, self._busy),
        ):
            patience = max(deadline - time.monotonic(), 0.05)
            connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
            self._bring_up_to_date(connection)
            connection.execute("BEGIN IMMEDIATE")
            transaction = self._transaction(connection)
            try:
                yield transaction
            except RecordedRefusalError:
                connection.execute("COMMIT")
                raise
            # After any other exception, closing the connection rolls everything back.
            connection.execute("COMMIT")
            ring(self._bells, {*transaction.to_wake, WATCHER})  # before closing, which takes as long as waking

    def claim(self, session: str) -> AbstractContextManager[Transaction]:
        """A write transaction: in a file they run one after the other."""
        return self.write()

    @contextlib.contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent view of the board; it changes nothing and waits for no writer."""
        with database.translated(self.path, self._busy):
            connection = self._open_reader()
            connection.execute("BEGIN")
            try:
                yield self._transaction(connection)
            finally:
                connection.rollback()  # there is nothing to commit, and unlike ROLLBACK this never fails

    @contextlib.contextmanager
    def listen(self, agent: str) -> Iterator[SqliteListener]:
        """Listen for news of `agent`; see `Board.listen`."""
        with database.translated(self.path, self._busy):
            connection = self._open_reader()
            bell = Bell(self._bells, agent)
            try:
                yield SqliteListener(connection, bell, self._poll)
            finally:
                bell.close()

    def health(self) -> list[str]:
        """Let SQLite look for damage in the file; return one line for each problem."""
        with database.translated(self.path, self._busy):
            return database.damage(self._open_reader())

    def scrub(self) -> None:
        """Empty the write-ahead log, which may still hold texts. In the file itself they are overwritten at once."""
        with (
            database.translated(self.path, self._busy),
            gate(self._gate, self._busy),
            contextlib.closing(database.connect(self.path, "rw", self._busy)) as connection,
        ):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the reader's connection, if there is one."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _transaction(self, connection: sqlite3.Connection) -> Transaction:
        return Transaction(connection.execute, now=self._clock(), at=time.time(), lease=self.lease)

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
        if database.check(self._reader, self.path) < schema.VERSION:
            with self.write():
                pass  # which upgrades it
        return self._reader

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> None:
        version = database.check(connection, self.path)
        if version < schema.VERSION:
            from .migrate import upgrade

            upgrade(connection, self.path, version)

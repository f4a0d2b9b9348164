"""The board as an SQLite file: connections, transactions, waiting. `database` creates and opens the file."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time

from ..errors import RecordedRefusalError, RefusalError, UnavailableError
from . import database, disk, schema
from .bell import Bell, ring
from .clock import system_clock
from .engine import BUSY_SECONDS, LEASE_SECONDS, WATCHER, Board, Listener, Transaction
from .gate import gate

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import Any

    from .engine import Ears, Heard, Query

POLL_SECONDS = 0.5
_OLDEST_SQLITE = (3, 35)  # UPDATE ... RETURNING


class SqliteListener(Listener):
    """Waits for news of one agent: the bell wakes it, and a slow poll in case a ring is lost."""

    def __init__(self, connection: sqlite3.Connection, bell: Bell, poll: float) -> None:
        self._connection = connection
        self._bell = bell
        self._poll = poll
        self._seen = self._version()

    def _sleep(self, seconds: float, also: Sequence[int]) -> None:
        deadline = time.monotonic() + seconds
        while (remaining := deadline - time.monotonic()) > 0:
            if self._bell.wait(min(remaining, self._poll), also) or self._version() != self._seen:
                break
        self._seen = self._version()

    def listening(self) -> Heard:
        """Whether a process listens as an agent; see `Listener.listening`."""
        return self._bell.is_heard_by

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


class SqliteTransaction(Transaction):
    """A transaction in a file, which may be damaged."""

    def __init__(self, connection: sqlite3.Connection, *, now: tuple[str, float], at: float, lease: float) -> None:
        super().__init__(connection.execute, now=now, at=at, lease=lease)
        self._connection = connection

    def _fetch(self, sql: str, values: tuple[object, ...]) -> tuple[list[str], list[tuple[Any, ...]]]:
        try:
            return super()._fetch(sql, values)
        except sqlite3.OperationalError as error:
            # To decode leniently takes longer. Only readers do it late: their statements can be executed twice.
            if self._connection.text_factory is database.decoded or "decode" not in str(error):
                raise
            self._connection.text_factory = database.decoded
            return super()._fetch(sql, values)


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
            if self.exists() and disk.is_read_only(self.path):
                raise database.read_only(self.path)
            database.make_folder(self.path)
            with database.translated(self.path, self._busy), gate(self._gate, self._busy):
                if not self.exists():
                    database.build(self.path)
        except OSError as error:
            line = f"cannot create {self.path}: {error.strerror}; make its folder writable or set ACOLYTES_QUEST_DB"
            raise disk.cannot_write(error, self.path, line) from None

    def exists(self) -> bool:
        """Whether there is a board, or something else in its place that is not an empty file."""
        return bool(database.size(self.path))

    @contextlib.contextmanager
    def write(self, *_ahead: Query) -> Iterator[Transaction]:
        """One write transaction; see `Board.write`. The bells ring when it is committed."""
        deadline = time.monotonic() + self._busy
        if not self.exists():
            raise database.no_board(self.path)
        if disk.is_read_only(self.path):
            raise database.read_only(self.path)
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

    def claim(self, session: str, *_ahead: Query) -> AbstractContextManager[Transaction]:
        """A write transaction: in a file they run one after the other."""
        return self.write()

    @contextlib.contextmanager
    def read(self, *_ahead: Query, only: bool = False) -> Iterator[Transaction]:
        """One consistent view of the board; see `Board.read`."""
        with database.translated(self.path, self._busy):
            connection = self._open_reader()
            connection.execute("BEGIN")
            try:
                yield self._transaction(connection)
            finally:
                connection.rollback()  # there is nothing to commit, and unlike ROLLBACK this never fails

    @contextlib.contextmanager
    def listen(self, agent: str, ears: Ears = ()) -> Iterator[SqliteListener]:
        """Listen for news of `agent`; see `Board.listen`."""
        with database.translated(self.path, self._busy):
            connection = self._open_reader()
            with contextlib.suppress(OSError):
                os.makedirs(self._bells, 0o700, exist_ok=True)
            bell = Bell(self._bells, agent, ears)
            try:
                yield SqliteListener(connection, bell, self._poll)
            finally:
                bell.close()

    def health(self) -> list[str]:
        """Let SQLite look for damage in the file; return one line for each problem."""
        with database.translated(self.path, self._busy):
            from .damage import damage

            return damage(self._open_reader())

    def damaged(self) -> str | None:
        """Return the first damage in the file; None without any."""
        return next(iter(self.health()), None) if self.exists() else None

    def notes(self) -> list[str]:
        """Say that nothing can be written here, and that something may be missing in a copy."""
        notes: list[str] = []
        if not self.exists():
            return notes
        if disk.is_read_only(self.path):
            notes.append(f"the board {self.path} is read-only here: commands that write are refused")
        if disk.may_lack_log(self.path):
            notes.append(
                f"{self.path} may be a copy that lacks the newest messages: they are in the file quests.db-wal beside"
                " the board; acolytes-quest backup makes a whole copy"
            )
        return notes

    def check_backup(self, path: str) -> None:
        """Refuse the board itself, and the files that belong to it."""
        if os.path.realpath(path).startswith(os.path.realpath(self.path)):
            raise RefusalError(f"{path} is the board itself, or belongs to it: name another file with --out")

    def copy_to(self, path: str) -> None:
        """Write the whole board, as it is at one moment, to the empty file `path`. Writers go on meanwhile."""
        from .backup import copy

        with database.translated(self.path, self._busy):
            copy(self._open_reader(), path)

    def restore_from(self, path: str, *, force: bool) -> str | None:
        """Make the board what the file `path` holds; see `Board.restore_from`. Processes that wait look at it anew."""
        from .backup import replace, set_aside

        self.create()
        with (
            database.translated(self.path, self._busy),
            contextlib.closing(database.connect(self.path, "rw", self._busy)) as connection,
            gate(self._gate, self._busy),
        ):
            # Behind the gate, so that no writer is in between, whose change would be in neither of them.
            kept = set_aside(connection, self.path, force=force)
            replace(connection, path)
            ring(self._bells, {WATCHER})
        return kept

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
        return SqliteTransaction(connection, now=self._clock(), at=time.time(), lease=self.lease)

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
            self._reader = self._connect_reader()
        if database.check(self._reader, self.path) < schema.VERSION:
            with self.write():
                pass  # which upgrades it
        return self._reader

    def _connect_reader(self) -> sqlite3.Connection:
        # Read-only: its close never checkpoints, so that it needs no gate.
        try:
            return database.connect(self.path, "ro", self._busy)
        except sqlite3.OperationalError:
            if not disk.is_read_only(self.path):
                raise
            from .read_only import connect

            return connect(self.path, self._busy)

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> None:
        version = database.check(connection, self.path)
        if version < schema.VERSION:
            from .migrate import upgrade

            upgrade(connection, self.path, version)
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":  # a backup, put here by hand
            connection.execute("PRAGMA journal_mode = WAL")

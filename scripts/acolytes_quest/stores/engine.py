"""The interface of a board. `sqlite_engine` keeps it in a file, `postgres_engine` on a server.

Each statement is written once, in SQL that both engines understand, with `?` for values.
"""

from __future__ import annotations

from .. import interrupts

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from typing import Any, TypeVar

    Query = tuple[str, tuple[object, ...]]  # with its values
    Ears = Sequence[str]
    Heard = Callable[[str, Ears], bool | None]
    R = TypeVar("R", bound="Row")
    T = TypeVar("T")

LEASE_SECONDS = 900.0
UNHOOKED_LEASE_SECONDS = 3600.0  # for a holder whose lease no hook renews
BUSY_SECONDS = 10.0
WATCHER = "-"  # `listen` as this, which no agent can be named, hears of every change and not of one agent's news


class Row:
    """One row of a result, with an attribute for each column.

    A subclass declares its columns as annotations and ends with `__slots__ = tuple(__annotations__)`. A column that
    it does not declare is an error: `typing.NamedTuple` would do the same, and take longer to import than a command.
    """

    __slots__: tuple[str, ...] = ()

    def __init__(self, columns: Sequence[str], values: Sequence[object]) -> None:
        for column, value in zip(columns, values):
            setattr(self, column, value)


class Transaction:
    """Statements that take effect together.

    Attributes:
        now: The time of the transaction for leases: the id of the boot, and seconds (see `clock`).
        at: The same time in Unix seconds.
        lease: How long a lease lasts, in seconds.
        has_words: Whether the engine finds the words of a message by itself: `message_words(text) @@` a query.
        skip_locked: The end of a query that picks a turn `t` while others may be picking, too.
        to_wake: The agents that COMMIT wakes.
    """

    def __init__(
        self,
        execute: Callable[[str, tuple[object, ...]], Any],
        *,
        now: tuple[str, float],
        at: float,
        lease: float,
        defer: Callable[[str, tuple[object, ...]], Any] | None = None,
        foresee: Callable[[str, tuple[object, ...]], None] | None = None,
    ) -> None:
        self._execute = execute
        self._defer = defer or execute
        self._foresee = foresee
        self.now = now
        self.at = at
        self.lease = lease
        self.skip_locked = ""
        self.has_words = False
        self.to_wake: set[str] = set()

    def run(self, sql: str, *values: object) -> None:
        """Execute one statement, at the latest with the next one that has a result, or with COMMIT."""
        self._defer(sql, values)

    def foresee(self, *ahead: Query) -> None:
        """Say which queries follow soon: where each trip to a server takes time, they go together with the next one."""
        if self._foresee is not None:
            for query in ahead:
                self._foresee(*query)

    def insert(self, sql: str, *values: object) -> int:
        """Insert one row; return its new id."""
        return self.column(int, f"{sql} RETURNING id", *values)[0]

    def rows(self, kind: type[R], sql: str, *values: object) -> list[R]:
        """Return every row as an object of the class `kind`."""
        columns, rows = self._fetch(sql, values)
        return [kind(columns, row) for row in rows]

    def row(self, kind: type[R], sql: str, *values: object) -> R | None:
        """Return the first row as an object of the class `kind`, or None."""
        rows = self.rows(kind, sql, *values)
        return rows[0] if rows else None

    def column(self, kind: type[T], sql: str, *values: object) -> list[T]:
        """Return the first column of every row; `kind` is its type."""
        return [row[0] for row in self.tuples(sql, *values)]

    def value(self, kind: type[T], sql: str, *values: object) -> T | None:
        """Return the first column of the first row, or None; `kind` is its type."""
        column = self.column(kind, sql, *values)
        return column[0] if column else None

    def exists(self, sql: str, *values: object) -> bool:
        """Whether a query returns a row."""
        return bool(self.tuples(sql, *values))

    def tuples(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return every row with its columns in the order of the statement."""
        return self._fetch(sql, values)[1]

    def _fetch(self, sql: str, values: tuple[object, ...]) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Execute a statement; return the names of its columns, and its rows."""
        cursor = self._execute(sql, values)
        return [column[0] for column in cursor.description or ()], cursor.fetchall()


class Listener:
    """Waits for news of one agent."""

    def wait(self, seconds: float, also: Sequence[int] = ()) -> None:
        """Return when woken, when the board may have changed, or after `seconds`. It may return without news.

        It returns, too, when one of the files `also` can be read. Ctrl-C ends it, also one that came before.
        """
        interrupts.check()
        self._sleep(seconds, [*also, *interrupts.WAKES])
        interrupts.check()

    def _sleep(self, seconds: float, also: Sequence[int]) -> None:
        """Do what `wait` says."""
        raise NotImplementedError

    def listening(self) -> Heard:
        """Return a function that says whether a process listens as an agent, with one of these ears.

        It says what is so now, and None where that cannot be found out.
        """
        raise NotImplementedError


class Board:
    """One board. Opening it reads nothing; only `create` makes anything. It belongs to one thread.

    Every method may raise UnavailableError, and all but `create` and `exists` NoBoardError.
    """

    def __init__(self, lease: float) -> None:
        self.lease = lease

    def end_by(self, deadline: float) -> None:
        """Let what follows end by about `deadline` (time.monotonic), and wait so long for a server that is away."""

    def create(self) -> None:
        """Make the board if there is none yet."""
        raise NotImplementedError

    def exists(self) -> bool:
        """Whether there is a board, or something else in its place that must not be overwritten."""
        raise NotImplementedError

    def read(self, *ahead: Query, only: bool = False) -> AbstractContextManager[Transaction]:
        """One consistent view of the board; it changes nothing and waits for no writer.

        The queries `ahead` are needed soon; see `Transaction.foresee`. With `only`, others are needed for a refusal
        at most, and may have a later view.
        """
        raise NotImplementedError

    def write(self, *ahead: Query) -> AbstractContextManager[Transaction]:
        """One write transaction, with the board to itself. An exception rolls it back. COMMIT wakes agents.

        A RecordedRefusalError is the exception: the transaction commits, for it has written an audit event, and the
        error is raised.
        """
        raise NotImplementedError

    def claim(self, session: str, *ahead: Query) -> AbstractContextManager[Transaction]:
        """A write transaction that changes only what `session` holds, or takes by a query with `skip_locked`.

        Where the engine can, such transactions of different sessions run side by side, but not beside `write`.
        """
        raise NotImplementedError

    def listen(self, agent: str, ears: Ears = ()) -> AbstractContextManager[Listener]:
        """Listen for news of `agent`, or as WATCHER for changes. Others see the `ears` (see `board.listening`).

        Look at the board after this has begun, and then wait: so no news is missed. On a server, a watcher hears of a
        claim by the slow poll only, because claims that notify would wait for each other.
        """
        raise NotImplementedError

    def health(self) -> list[str]:
        """Look for damage below the tables; return one line for each problem."""
        raise NotImplementedError

    def check_backup(self, path: str) -> None:
        """Refuse to write a backup to `path` if that cannot be right."""

    def check_restore(self, path: str) -> None:
        """Refuse to restore the file `path` if this engine cannot do it."""

    def copy_to(self, path: str) -> None:
        """Write the whole board, as it is at one moment, to the empty file `path`."""
        raise NotImplementedError

    def restore_from(self, path: str, *, force: bool) -> str | None:
        """Make the board what the file `path` holds, which `copy_to` wrote.

        Refuse to replace a board that has quests, or with `force` copy it first, and return the path of that copy.
        """
        raise NotImplementedError

    def damaged(self) -> str | None:
        """Return the first damage in the board's own file, which may be why a command failed; None without any."""
        return None

    def notes(self) -> list[str]:
        """Return what a reader should know about the board beside its contents, a line each."""
        return []

    def scrub(self) -> None:
        """Remove what was overwritten or deleted from the board's own files, as far as the engine can."""
        raise NotImplementedError

    def close(self) -> None:
        """Close what is open."""
        raise NotImplementedError

"""The board on a PostgreSQL server, for agents on several machines: transactions, outcomes, waiting.

A writer locks the whole board. So the order of messages is the order of commits, and no rule needs to consider two
writers. Claims come in great numbers when there is work: they share that lock and choose a turn by SKIP LOCKED.
Every transaction locks in the same order (board, session, rows), so that there are no deadlocks.
"""

from __future__ import annotations

import contextlib
import os
import time
from shlex import quote

from ..errors import RecordedRefusalError, RefusalError, UnavailableError
from . import postgres_roles, postgres_schema, schema
from .bell import Bell
from .engine import BUSY_SECONDS, LEASE_SECONDS, WATCHER, Board, Listener, Transaction
from .postgres_connection import Server
from .postgres_errors import lost, newer, translated
from .postgres_patience import Patience
from .postgres_statements import Statements, bound, run
from .postgres_waiting import CHANNEL, Ringer, key, take_slot, tell_ringer
from .waiting_folder import WaitingFolder, remove_left

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from .engine import Ears, Heard, Query
    from .postgres_statements import Result

POLL_SECONDS = 5.0  # NOTIFY is lost only with its connection, which is mostly noticed; each poll costs the server work
_FEWER_POLLS = 6  # for a process that has no connection: each look makes one
_RECEIPT_SECONDS = 600.0  # much longer than any client looks for one
_IDLE_SECONDS = 5.0  # a writer that is stopped in its transaction loses it after this time, so that others can go on
# The advisory locks: of the whole board, of a session that claims, of an agent that listens, with its ear.
_BOARD, _SESSION, _WAITING = (schema.APPLICATION_ID + number for number in range(3))
_BOARD_LOCK = f"SELECT pg_advisory_xact_lock({_BOARD}, 0);"
_BESIDE_OTHERS = f"SELECT pg_advisory_xact_lock_shared({_BOARD}, 0);"
# Not by to_regclass(): that sees nothing without rights, and it may answer from the cache of the connection.
_FOUND = (
    f"SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = '{postgres_schema.NAME}' AND tablename = 'version')"
)
MAKING = f"BEGIN; {_BOARD_LOCK} {_FOUND}"
_NOW = "CAST(extract(epoch FROM now()) AS DOUBLE PRECISION)"

_BEGIN = """
BEGIN ISOLATION LEVEL {isolation};
SELECT set_config('search_path', '{schema}, pg_temp', true), set_config('lock_timeout', '{busy}', true),
  set_config('idle_in_transaction_session_timeout', '{idle}', true),
  CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END;
{locks}
SELECT (SELECT number FROM version), CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)"""


class PostgresListener(Listener):
    """Waits for news of one agent without a connection: a bell wakes it, and a slow poll. See `postgres_waiting`."""

    def __init__(self, board: PostgresBoard, bell: Bell, poll: float) -> None:
        self._board = board
        self._bell = bell
        self._poll = poll

    def _sleep(self, seconds: float, also: Sequence[int]) -> None:
        if self._board.begins_to_listen():
            return  # for another look: what came until now rang no bell
        stays = self._board.listens_for_all()
        self._board.rest(stays_connected=stays)
        self._bell.wait(max(0.0, min(seconds, self._poll if stays else self._poll * _FEWER_POLLS)), also)

    def listening(self) -> Heard:
        """Whether a process, on any machine, listens as an agent; see `Listener.listening`."""
        sql = (
            "SELECT CAST(CAST(objid AS TEXT) AS BIGINT) FROM pg_locks WHERE locktype = 'advisory' AND classid = ?"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        with self._board.read() as tx:
            shown = set(tx.column(int, sql, _WAITING))

        def heard(agent: str, ears: Ears) -> bool:
            far = any(_shown_as(agent, ear) % 2**32 in shown for ear in ears)
            return far or bool(self._bell.is_heard_by(agent, ears))

        return heard


class PostgresBoard(Board):
    """One board in the database that `url` names.

    Time is the server's unless `clock` gives `(boot, seconds)`; `lease`, `busy` and `poll` are seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], tuple[str, float]] | None = None,
        lease: float = LEASE_SECONDS,
        busy: float = BUSY_SECONDS,
        poll: float = POLL_SECONDS,
    ) -> None:
        super().__init__(lease)
        self.server = Server(url)
        self._clock = clock
        self.patience = Patience(busy)
        self._poll = poll
        self._connection: Any = None
        self._folder = WaitingFolder(f"{self.server.name} {self.server.user}")
        self._waits = False  # then it is one of many, and takes a slot for its connection
        self._slot: int | None = None
        self._ringer: Ringer | None = None
        self._listeners = 0

    def end_by(self, deadline: float) -> None:
        """Bound all that follows; see `Board.end_by`."""
        self.patience.end_by(deadline)
        self._waits = True

    def create(self) -> None:
        """Create the schema and its tables if there are none yet."""
        with self._translated(), self.started(MAKING) as (connection, row):
            if not row[0]:
                self.check_encoding(connection)
                connection.execute(f"SET LOCAL search_path = {postgres_schema.NAME}, pg_temp")
                with self.patience.for_long_work():
                    for statement in postgres_schema.statements():
                        connection.execute(statement)
            connection.execute("COMMIT")

    def check_encoding(self, connection: Any) -> None:
        """Refuse a database that cannot hold every text."""
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise RefusalError(f"the database at {self.server.name} has the encoding {encoding}: create one in UTF8")

    def rights(self) -> Any:
        """Return the rights of this login on the board (the row of `postgres_roles.RIGHTS`); None without a board."""
        with self.started(postgres_roles.RIGHTS) as (_, row):
            return row

    def _translated(self) -> contextlib.AbstractContextManager[None]:
        return translated(self.server, self.patience, self.rights)

    def exists(self) -> bool:
        """Whether the database has the board's schema with its tables."""
        with self._translated(), self.started(_FOUND) as (_, row):
            return bool(row[0])

    @contextlib.contextmanager
    def read(self, *ahead: Query, only: bool = False) -> Iterator[Transaction]:
        """One consistent view of the board; see `Board.read`."""
        with self._translated(), self._begun("REPEATABLE READ READ ONLY", "", ahead, ends=only) as (_, transaction):
            yield transaction

    @contextlib.contextmanager
    def write(self, *ahead: Query) -> Iterator[Transaction]:
        """One write transaction; see `Board.write`."""
        with self._written(_BOARD_LOCK, f"DELETE FROM receipt WHERE at < {_NOW} - {_RECEIPT_SECONDS};", ahead) as tx:
            tx.to_wake.add(WATCHER)
            yield tx

    @contextlib.contextmanager
    def claim(self, session: str, *ahead: Query) -> Iterator[Transaction]:
        """A write transaction of a session; see `Board.claim`."""
        own = f"SELECT pg_advisory_xact_lock({_SESSION}, {key(session)});"
        with self._written(f"{_BESIDE_OTHERS} {own}", "", ahead) as tx:
            tx.skip_locked = " FOR UPDATE OF t SKIP LOCKED"
            yield tx

    @contextlib.contextmanager
    def listen(self, agent: str, ears: Ears = ()) -> Iterator[PostgresListener]:
        """Listen for news of `agent`; see `Board.listen`."""
        folder = self._folder.path()
        bell = Bell(folder or "", agent, ears)
        with self._translated():
            self._listeners += 1
            try:
                yield PostgresListener(self, bell, self._poll)
            finally:
                bell.close()
                self._listeners -= 1
                if folder and self._ringer:
                    tell_ringer(folder)
                if self._ringer and not self._listeners:
                    self._ringer.stop()
                    self._ringer = None

    def begins_to_listen(self) -> bool:
        """Take part in the election, unless this process does already; return whether it begins now.

        Only a process that really waits does this: a command that only looks must not pay for it.
        """
        folder = self._folder.path()
        if folder is None or self._ringer is not None:
            return False
        self._ringer = Ringer(folder, self._ringers_connection, _attend, self.server.psycopg.Error)
        tell_ringer(folder)
        remove_left()
        return True

    def listens_for_all(self) -> bool:
        """Whether this process keeps its connection while it waits: it has the one for all, or nobody has."""
        return self._ringer is None or self._ringer.is_elected

    def rest(self, *, stays_connected: bool) -> None:
        """Hold nothing that others need while this process waits; but keep the connection if `stays_connected`."""
        if not stays_connected:
            self._disconnect()
        self._leave_slot()

    def _ringers_connection(self) -> Any:
        return self.server.connect(Patience(self.patience.busy))

    def health(self) -> list[str]:
        """Look for settings of the server with which a commit may be lost, and for damaged texts; a line for each."""
        from .postgres_damage import damage

        with self.read() as tx:
            names = tx.column(
                str, "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'"
            )
            texts = list(damage(tx))
        return [f"the server has {name} = off: a power failure may lose or damage the board" for name in names] + texts

    def damaged(self) -> str | None:
        """Return the first damaged text; None without any."""
        from .postgres_damage import damage

        with self.read() as tx:
            return next(damage(tx), None)

    def scrub(self) -> None:
        """Let the server reuse the space of changed rows, and make the index of words anew, which keeps every word.

        The log of the server and its backups may keep them. So do the tables, if they belong to another role.
        """
        index = f"{postgres_schema.NAME}.{postgres_schema.WORDS}"
        with self._translated(), self.started("SELECT 1") as (connection, _), self.patience.for_long_work():
            for table in ("message", "quest"):
                connection.execute(f"VACUUM {postgres_schema.NAME}.{table}")
            with contextlib.suppress(self.server.psycopg.errors.InsufficientPrivilege):
                connection.execute(f"DROP INDEX IF EXISTS {index}_ccnew")  # of a call that was killed
                connection.execute(f"REINDEX INDEX CONCURRENTLY {index}")

    def check_backup(self, path: str) -> None:
        """Refuse: the server has its own program for this."""
        raise RefusalError(
            "the board is on a server, which makes its backups itself:"
            f" {self.server.tool_settings}pg_dump --schema={postgres_schema.NAME} --format=custom --file={quote(path)}"
            ' "$ACOLYTES_QUEST_URL"'
        )

    def check_restore(self, path: str) -> None:
        """Refuse: the server has its own program for this."""
        raise RefusalError(
            "the board is on a server, which restores its backups itself:"
            f" {self.server.tool_settings}pg_restore --clean --if-exists --single-transaction"
            f' --dbname="$ACOLYTES_QUEST_URL" {quote(path)}'
        )

    def close(self) -> None:
        """Close the connection, if there is one, and leave the folder of those who wait."""
        self._disconnect()
        if not self._listeners:
            self._folder.leave()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._leave_slot()

    def _leave_slot(self) -> None:
        if self._slot is not None:
            os.close(self._slot)
            self._slot = None

    def connected(self) -> Any:
        """Return the connection of this board. Replace a broken one, and wait for the server."""
        if self._connection is None or self._connection.closed:
            folder = self._folder.path() if self._waits and self._slot is None else None
            if folder:
                self._slot = take_slot(folder, self.patience.deadline())
            self._connection = self.server.connect(self.patience)
        return self._connection

    @contextlib.contextmanager
    def started(self, sql: str) -> Iterator[tuple[Any, Any]]:
        """Run `sql`, yield the connection with the first row of the last result, then roll back what is still open."""
        with self._opened(sql) as (connection, results):
            yield connection, results[-1].first()

    @contextlib.contextmanager
    def _opened(self, sql: str) -> Iterator[tuple[Any, list[Result]]]:
        """Run `sql`, yield the connection with a result for each statement, then roll back what is still open.

        The connection is the board's, or another one while that is in a transaction. If it is broken, `sql` has had no
        effect, because it is the first statement; then it runs again on a new connection.
        """
        deadline = self.patience.deadline()
        idle = self.server.psycopg.pq.TransactionStatus.IDLE
        while True:
            own = self.connected()
            connection = own if own.info.transaction_status == idle else self.server.connect(self.patience)
            try:
                try:
                    results = run(connection, sql)
                except self.server.psycopg.OperationalError:
                    if not connection.closed or time.monotonic() >= deadline:
                        raise
                    continue
                yield connection, results
                return
            finally:
                with contextlib.suppress(self.server.psycopg.Error):
                    connection.rollback()
                if connection is not own:
                    connection.close()

    @contextlib.contextmanager
    def _begun(
        self, isolation: str, locks: str, ahead: Sequence[Query] = (), *, ends: bool = False
    ) -> Iterator[tuple[Statements, Transaction]]:
        """Begin a transaction, and make the queries `ahead` in the same trip. It `ends` with them if that is asked."""
        busy = max(1, round(self.patience.busy * 1000))
        begin = _BEGIN.format(
            isolation=isolation, schema=postgres_schema.NAME, busy=busy, idle=round(_IDLE_SECONDS * 1000), locks=locks
        )
        with contextlib.ExitStack() as stack:
            try:
                statements, row = self._first(stack, begin, ahead, ends=ends)
            except (self.server.psycopg.ProgrammingError, self.server.psycopg.DataError):
                if not ahead:
                    raise
                # The tables may be older, or a value out of range: let the query itself fail, where it is made.
                statements, row = self._first(stack, begin, (), ends=False)
            if row[0] != schema.VERSION:
                stack.close()
                self._upgrade()
                statements, row = self._first(stack, begin, ahead, ends=ends)
            seconds = row[1]
            transaction = Transaction(
                statements.execute,
                defer=statements.defer,
                foresee=statements.foresee,
                now=self._clock() if self._clock else ("postgresql", seconds),
                at=seconds,
                lease=self.lease,
            )
            transaction.has_words = True
            yield statements, transaction

    def _first(
        self, stack: contextlib.ExitStack, begin: str, ahead: Sequence[Query], *, ends: bool
    ) -> tuple[Statements, Any]:
        """Send the first statements of a transaction; return the rest, and the row of its version and time."""
        queries = [bound(self.connected(), query) for query in ahead]
        connection, results = stack.enter_context(
            self._opened(";".join([begin, *queries, *(["COMMIT"] if ends else [])]))
        )
        place = len(results) - int(ends) - len(ahead)
        return Statements(connection, begin if ends else "", zip(ahead, results[place:])), results[place - 1].first()

    @contextlib.contextmanager
    def _written(self, locks: str, at_commit: str, ahead: Sequence[Query]) -> Iterator[Transaction]:
        with (
            self._translated(),
            self._begun("READ COMMITTED READ WRITE", locks, ahead) as (statements, transaction),
        ):
            refusal = None
            try:
                yield transaction
            except RecordedRefusalError as error:
                refusal = error
            # After any other exception, the transaction is rolled back.
            self._commit(statements, at_commit, set() if refusal else transaction.to_wake)
            if refusal:
                raise refusal

    def _commit(self, statements: Statements, at_commit: str, to_wake: set[str]) -> None:
        """Commit in one round trip, with a receipt that shows later whether the commit took place."""
        token = os.urandom(16).hex()
        wake = "".join(f"NOTIFY {CHANNEL}, '{key(agent)}';" for agent in sorted(to_wake))
        receipt = f"INSERT INTO receipt VALUES ('{token}', {_NOW});"
        try:
            statements.connection.execute(f"{statements.taken()}{at_commit} {receipt} {wake} COMMIT")
        except self.server.psycopg.Error:
            if not statements.connection.closed:
                raise
            if not self._is_receipted(token):
                raise lost(self.server) from None

    def _is_receipted(self, token: str) -> bool:
        """Whether a commit took place whose result was lost.

        Raises:
            UnavailableError: It cannot be found out.
        """
        try:
            # When this lock is held, the lost transaction has ended: a receipt that is missing now will not appear.
            with self._begun("READ COMMITTED READ WRITE", _BOARD_LOCK) as (_, transaction):
                return transaction.exists("SELECT 1 FROM receipt WHERE token = ?", token)
        except (self.server.psycopg.Error, UnavailableError):
            raise UnavailableError(
                f"the connection to {self.server.name} broke at COMMIT, and it is unknown whether that took place: look"
                " with acolytes-quest status, or repeat the same call (answers, and messages with --key, count once)"
            ) from None

    def _upgrade(self) -> None:
        """Upgrade an older board, in one transaction."""
        name = postgres_schema.NAME
        sql = f"BEGIN; {_BOARD_LOCK} SET LOCAL search_path = {name}, pg_temp; SELECT number FROM version"
        with self.started(sql) as (connection, (version,)):
            if version > schema.VERSION:
                raise newer(self.server, version)
            if version < schema.VERSION:
                with self.patience.for_long_work():
                    for statement in postgres_schema.migration(version):
                        connection.execute(statement)
            connection.execute("COMMIT")


def _shown_as(agent: str, ear: str) -> int:
    return key(f"{agent} {ear}")


def _attend(agent: str, ear: str, comes: bool) -> str:  # noqa: FBT001  it is called by position only
    """Return the SQL that shows that a process listens as `agent` with this ear, or no longer does."""
    return f"SELECT pg_advisory_{'lock' if comes else 'unlock'}_shared({_WAITING}, {_shown_as(agent, ear)});"

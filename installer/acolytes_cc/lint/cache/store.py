"""The database: values by key, with a limit for its size.

Imports almost nothing when it is loaded: a repeated ``acolytes lint`` comes through here.
"""

from __future__ import annotations

import contextlib
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from types import TracebackType

_FILE = "cache.sqlite"
# The keys are in no order, so a table WITHOUT ROWID, which sorts whole rows by key, takes four times as long to fill
_TABLE = "CREATE TABLE IF NOT EXISTS entry (key BLOB, part INTEGER, day INTEGER, value BLOB, PRIMARY KEY (key, part))"
_MAX_BYTES = 200_000_000
_SECONDS_A_DAY = 86_400
# So many values are kept in memory until they are written
_BATCH = 500
# Large values are read twice as fast as with the 4,096 of SQLite
_PAGE_BYTES = 32_768


class Cache:
    """Values by key.

    The end of a ``with`` block writes what ``put`` was given. Without a folder nothing is kept.
    """

    def __init__(self, folder: str | None) -> None:
        self.folder = folder
        self._database: sqlite3.Connection | None = None
        self._can_read = folder is not None
        self._is_absent = False  # whether there is no database, in this block: asked once, not for each file
        self._new: list[tuple[bytes, Iterable[bytes]]] = []
        self._used: list[bytes] = []

    def __enter__(self) -> Cache:
        return self

    def get(self, key: bytes) -> list[bytes]:
        """Return the parts of the value of ``key``; none if there is no value."""
        if self._can_read and not self._is_absent:
            with self._without_failing():
                if self._database is None:
                    self._is_absent = not os.path.exists(self._path())
                    if self._is_absent:
                        return []
                    self._database = self._connection()
                rows = self._database.execute("SELECT value FROM entry WHERE key = ? ORDER BY part", (key,))
                return [value for (value,) in rows]
        return []

    def put(self, key: bytes, parts: Iterable[bytes]) -> None:
        """Keep a value under ``key``. One that is large should have several parts, which are taken one by one."""
        self._new.append((key, parts))
        if len(self._new) == _BATCH:
            self._write_new()

    def mark_used(self, key: bytes) -> None:
        """Note that the value of ``key`` was used, so that it is kept longer."""
        self._used.append(key)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._write_new()
        self._is_absent = False
        if self._database is not None:
            self._database.close()
            self._database = None

    def _write_new(self) -> None:
        # In one transaction: other processes that read wait for no longer than that.
        if (self._new or self._used) and self.folder and make_private(self.folder):
            with self._without_failing():
                self._database = self._database or self._connection()
                _write(self._database, self._new, self._used)
        self._new, self._used = [], []

    def _path(self) -> str:
        return os.path.join(self.folder or "", _FILE)

    def _connection(self) -> sqlite3.Connection:
        import sqlite3

        return sqlite3.connect(self._path(), timeout=1)

    @contextlib.contextmanager
    def _without_failing(self) -> Iterator[None]:
        """Go on without a cache if something is wrong with it; a broken file is deleted."""
        try:
            yield
        except Exception as error:
            import sqlite3

            if not isinstance(error, sqlite3.DatabaseError):
                raise
            self._can_read = False
            if self._database is not None:
                self._database.close()
                self._database = None
            if not isinstance(error, sqlite3.OperationalError):  # that is: busy, full, read-only
                with contextlib.suppress(OSError):
                    os.unlink(self._path())


def cache_folder() -> str:
    """Return the folder of the cache."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    base = base if os.path.isabs(base) else os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "acolytes", "lint")


def make_private(folder: str) -> bool:
    """Make ``folder`` if it is not there, and close it to other users; return whether that was possible."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        os.chmod(folder, 0o700)
    except OSError:
        return False
    return True


def _write(database: sqlite3.Connection, new: list[tuple[bytes, Iterable[bytes]]], used: list[bytes]) -> None:
    """Keep the new values, note what was used today, and delete the oldest if the limit is exceeded."""
    today = int(time.time()) // _SECONDS_A_DAY
    database.execute(f"PRAGMA page_size = {_PAGE_BYTES}")  # of a new file
    database.execute("PRAGMA synchronous = OFF")  # the loss of a cache costs little, so it need not reach the disk
    database.execute(_TABLE)
    with database:
        database.executemany("DELETE FROM entry WHERE key = ?", ((key,) for key, _ in new))
        rows = ((key, number, today, part) for key, parts in new for number, part in enumerate(parts))
        database.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", rows)
        stamps = ((today, key, today) for key in used)
        database.executemany("UPDATE entry SET day = ? WHERE key = ? AND day <> ?", stamps)
        count = 1
        while new and count and _size(database) > _MAX_BYTES:
            (count,) = next(database.execute("SELECT count(*) FROM entry"))
            oldest = "SELECT key FROM entry ORDER BY day LIMIT ?"
            database.execute(f"DELETE FROM entry WHERE key IN ({oldest})", (count // 4 + 1,))


def _size(database: sqlite3.Connection) -> int:
    """The bytes that are in use; free pages of the file are used again."""
    names = ("page_count", "freelist_count", "page_size")
    pages, free, size = (next(database.execute(f"PRAGMA {name}"))[0] for name in names)
    return int((pages - free) * size)
